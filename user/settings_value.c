// SPDX-License-Identifier: GPL-2.0
/* One value of a setting, from its text. */
#include <stdio.h>
#include <string.h>

#include "cidr.h"
#include "settings_table.h"
#include "text.h"
#include "units.h"

#define PID_LARGEST (4 * 1024 * 1024)
#define INTERFACE_NAME 16 /* IFNAMSIZ, the NUL included */

size_t setting_value_size(enum setting_type type)
{
	switch (type) {
	case SETTING_FLAG:
		return sizeof(bool);
	case SETTING_COUNT:
	case SETTING_CHOICE:
		return sizeof(unsigned int);
	case SETTING_DURATION:
	case SETTING_DELAY:
	case SETTING_THRESHOLD:
		return sizeof(__u64);
	case SETTING_PORTS:
		return sizeof(struct ports);
	case SETTING_INTERFACES:
	case SETTING_CIDRS:
	case SETTING_EXEMPT:
	case SETTING_PIDS:
		return sizeof(struct words);
	default:
		return PATH_MAX;
	}
}

static int parse_flag(bool *flag, const char *text, struct error *error)
{
	char shown[TEXT_SHOWN];

	*flag = !strcmp(text, "yes");
	if (!*flag && strcmp(text, "no"))
		return fail(error, "\"%s\" is neither yes nor no", text_shown(shown, text));
	return 0;
}

static int parse_path(char path[PATH_MAX], const char *text, enum setting_type type, struct error *error)
{
	char shown[TEXT_SHOWN];
	size_t length = strlen(text);

	text_shown(shown, text);
	if (!length && type != SETTING_OPTIONAL && type != SETTING_OPTIONAL_ABSOLUTE)
		return fail(error, "the path is empty");
	if (length >= PATH_MAX)
		return fail(error, "\"%s\" is longer than a path may be (%d bytes)", shown, PATH_MAX - 1);
	if (type == SETTING_NETNS && *text != '/' && strcmp(text, "all") && strcmp(text, "self"))
		return fail(error, "\"%s\" is neither all, self nor an absolute path such as /run/netns/NAME",
			    shown);
	if ((type == SETTING_ABSOLUTE || (type == SETTING_OPTIONAL_ABSOLUTE && length)) && *text != '/')
		return fail(error, "\"%s\" is not an absolute path: begin it with /", shown);
	memcpy(path, text, length + 1);
	return 0;
}

static int parse_threshold(__u64 *value, const struct setting *setting, const char *text, struct error *error)
{
	const struct threshold *row = setting_threshold(setting);
	struct thresholds parsed;
	struct error reason;

	/* Its reasons begin with the name, which is the caller's to say. */
	if (thresholds_set(&parsed, row->name, text, &reason))
		return fail(error, "%s", reason.text + strlen(row->name) + strlen(": "));
	memcpy(value, (const char *)&parsed + row->offset, sizeof(*value));
	return 0;
}

static int parse_ports(struct ports *ports, const struct setting *setting, const char *text,
		       struct error *error)
{
	/* Only where none is the default. */
	if (!*text && setting->fallback && !*setting->fallback)
		return 0;
	if (ports_parse(ports, text, error))
		return -1;
	if (setting->max && ports_count(ports) > setting->max)
		return fail(error, "%zu ports are more than can be blocked, %llu", ports_count(ports),
			    setting->max);
	return 0;
}

static int parse_choice(unsigned int *choice, const struct setting *setting, const char *text,
			struct error *error)
{
	char shown[TEXT_SHOWN], all[128] = "";
	size_t used = 0;

	for (unsigned int i = 0; setting->choices[i]; i++) {
		if (!strcmp(setting->choices[i], text)) {
			*choice = i;
			return 0;
		}
		used += snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "", setting->choices[i]);
	}
	return fail(error, "\"%s\" is none of: %s", text_shown(shown, text), all);
}

static int check_interface(const char *word, struct error *error)
{
	char shown[TEXT_SHOWN];

	if (strlen(word) >= INTERFACE_NAME || strchr(word, '/'))
		return fail(error, "\"%s\" is no name of an interface", text_shown(shown, word));
	return 0;
}

static int check_exempt(const char *word, struct error *error)
{
	static const char *const kinds[] = {"/", "unit:", "cgroup:/", "user:"};
	char shown[TEXT_SHOWN];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(word, kinds[i], strlen(kinds[i])) && strlen(word) > strlen(kinds[i]))
			return 0;
	return fail(error, "\"%s\" is none of: /path/of/program, unit:NAME, cgroup:/PATH, user:NAME",
		    text_shown(shown, word));
}

static int check_word(enum setting_type type, const char *word, struct error *error)
{
	struct cidr cidr;
	__u64 pid;

	switch (type) {
	case SETTING_CIDRS:
		return cidr_parse(&cidr, word, error);
	case SETTING_PIDS:
		return units_parse_count(&pid, word, 1, PID_LARGEST, error);
	case SETTING_INTERFACES:
		return check_interface(word, error);
	default:
		return check_exempt(word, error);
	}
}

/* A list, with commas or blanks between its words. */
static int parse_words(struct words *words, enum setting_type type, const char *text, struct error *error)
{
	char word[PATH_MAX], shown[TEXT_SHOWN];

	for (text += strspn(text, ", \t"); *text; text += strspn(text, ", \t")) {
		size_t length = strcspn(text, ", \t");

		if (length >= sizeof(word))
			return fail(error, "\"%s\" is too long", text_shown(shown, text));
		memcpy(word, text, length);
		word[length] = '\0';
		if (check_word(type, word, error) || words_add(words, word, length, error))
			return -1;
		text += length;
	}
	return 0;
}

int setting_value_parse(union setting_value *value, const struct setting *setting, const char *text,
			struct error *error)
{
	bool bare_seconds = setting->type == SETTING_DELAY;
	__u64 count;

	switch (setting->type) {
	case SETTING_FLAG:
		return parse_flag(&value->flag, text, error);
	case SETTING_COUNT:
		if (units_parse_count(&count, text, setting->min, setting->max, error))
			return -1;
		value->count = count;
		return 0;
	case SETTING_DURATION:
	case SETTING_DELAY:
		return units_parse_duration(&value->ns, text, setting->min, setting->max, bare_seconds,
					    error);
	case SETTING_PORTS:
		return parse_ports(&value->ports, setting, text, error);
	case SETTING_THRESHOLD:
		return parse_threshold(&value->ns, setting, text, error);
	case SETTING_CHOICE:
		return parse_choice(&value->count, setting, text, error);
	case SETTING_INTERFACES:
	case SETTING_CIDRS:
	case SETTING_EXEMPT:
	case SETTING_PIDS:
		return parse_words(&value->words, setting->type, text, error);
	default:
		return parse_path(value->path, text, setting->type, error);
	}
}

bool setting_adds_up(const struct setting *setting)
{
	switch (setting->type) {
	case SETTING_PORTS:
	case SETTING_INTERFACES:
	case SETTING_CIDRS:
	case SETTING_EXEMPT:
	case SETTING_PIDS:
		return true;
	default:
		return false;
	}
}

const struct threshold *setting_threshold(const struct setting *setting)
{
	for (size_t i = 0; setting->type == SETTING_THRESHOLD && i < THRESHOLDS; i++)
		if (!strcmp(thresholds_table[i].name, setting->name))
			return &thresholds_table[i];
	return NULL;
}
