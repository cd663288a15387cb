// SPDX-License-Identifier: GPL-2.0
#include "settings_table.h"

#include <stddef.h>
#include <string.h>

#include "nearest.h"
#include "text.h"
#include "units.h"

#define HOUR (3600 * NS_PER_S)
#define LOADING_COMMANDS (COMMAND_RUN | COMMAND_TOP | COMMAND_CHECK | COMMAND_VERIFY)
#define JUDGING_COMMANDS (COMMAND_RUN | COMMAND_TOP | COMMAND_VERIFY)
#define PINNED_COMMANDS \
	(COMMAND_RUN | COMMAND_TOP | COMMAND_STATUS | COMMAND_CHECK | COMMAND_UNLOAD | COMMAND_EVENTS)
#define ALL_COMMANDS (PINNED_COMMANDS | COMMAND_VERIFY | COMMAND_REPLAY)

/* A threshold is described in its own table, and only there. */
#define THRESHOLD(field, unit, takers)                                                                     \
	{                                                                                                  \
		.name = #field, .offset = offsetof(struct settings, thresholds.field),                     \
		.type = SETTING_THRESHOLD, .commands = (takers), .places = PLACE_ANYWHERE, .value = (unit) \
	}

/* The order is that of the help. */
/* clang-format off */
const struct setting settings_table[] = {
	{ .name = "port", .offset = offsetof(struct settings, port), .type = SETTING_PORTS,
	  .letter = 'p', .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .fallback = "6515", .value = "PORTS",
	  .help = "TCP ports to watch: one, a list (80,443), a range (8000-8100) or any. May be repeated." },
	{ .name = "interval", .offset = offsetof(struct settings, interval), .type = SETTING_DURATION,
	  .commands = LOADING_COMMANDS | COMMAND_EVENTS, .places = PLACE_ANYWHERE,
	  .min = 100 * NS_PER_MS, .max = HOUR, .fallback = "1s", .value = "DURATION",
	  .help = "Time between two looks at the counters." },
	{ .name = "delay", .offset = offsetof(struct settings, interval), .type = SETTING_DELAY,
	  .letter = 'd', .commands = COMMAND_TOP,
	  .min = 100 * NS_PER_MS, .max = HOUR, .value = "SECONDS",
	  .help = "Another name for --interval; a number without a unit is in seconds." },
	{ .name = "iterations", .offset = offsetof(struct settings, iterations), .type = SETTING_COUNT,
	  .letter = 'n', .commands = COMMAND_TOP,
	  .min = 1, .max = 1000000000, .value = "NUMBER",
	  .help = "Leave after so many updates." },
	{ .name = "batch", .offset = offsetof(struct settings, batch), .type = SETTING_FLAG,
	  .letter = 'b', .commands = COMMAND_TOP,
	  .help = "Write plain text, one table after another, and read no keys." },
	{ .name = "json", .offset = offsetof(struct settings, json), .type = SETTING_FLAG,
	  .commands = COMMAND_STATUS | COMMAND_EVENTS | COMMAND_VERIFY,
	  .help = "Write JSON: one object, or one a line for each event." },
	{ .name = "for", .offset = offsetof(struct settings, watch_for), .type = SETTING_DURATION,
	  .commands = COMMAND_VERIFY,
	  .min = NS_PER_S, .max = 24 * HOUR, .fallback = "10m", .value = "DURATION",
	  .help = "How long to watch before saying that nothing relays." },
	{ .name = "file", .offset = offsetof(struct settings, file), .type = SETTING_PATH,
	  .commands = COMMAND_REPLAY, .value = "FILE", .positional = true,
	  .help = "Recording to judge." },
	THRESHOLD(window, "DURATION", LOADING_COMMANDS),
	{ .name = "pairing_window", .offset = offsetof(struct settings, pairing_window),
	  .type = SETTING_DURATION, .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .max = HOUR, .fallback = "5s", .value = "DURATION",
	  .help = "Longest time between an accepted and an outgoing connection that still pairs them." },
	THRESHOLD(hold, "DURATION", JUDGING_COMMANDS),
	THRESHOLD(min_accepts, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(fan_out, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(mail_fan_out, "NUMBER", JUDGING_COMMANDS),
	THRESHOLD(paired_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(step_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(reader_share, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(byte_tolerance, "PERCENT", JUDGING_COMMANDS),
	THRESHOLD(private_weight, "PERCENT", JUDGING_COMMANDS),
	{ .name = "set", .offset = offsetof(struct settings, thresholds), .type = SETTING_CHANGE,
	  .commands = COMMAND_REPLAY, .value = "NAME=VALUE",
	  .help = "Judge with this threshold instead of the recorded one. May be repeated." },
	{ .name = "max_services", .offset = offsetof(struct settings, max_services), .type = SETTING_COUNT,
	  .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .min = 2, .max = 65536, .fallback = "256", .value = "NUMBER",
	  .help = "How many services there is room for." },
	{ .name = "netns", .offset = offsetof(struct settings, netns), .type = SETTING_NETNS,
	  .commands = LOADING_COMMANDS, .places = PLACE_ANYWHERE,
	  .fallback = "all", .value = "NETNS",
	  .help = "Network namespace to watch: all of them, self, or one by its path (/run/netns/NAME)." },
	{ .name = "record", .offset = offsetof(struct settings, record), .type = SETTING_OPTIONAL,
	  .commands = COMMAND_RUN, .places = PLACE_ANYWHERE, .fallback = "", .value = "FILE",
	  .help = "Record what is judged in this file, for relaytrap replay; it grows without bounds." },
	{ .name = "pin_dir", .offset = offsetof(struct settings, pin_dir), .type = SETTING_ABSOLUTE,
	  .commands = PINNED_COMMANDS, .places = PLACE_ANYWHERE,
	  .fallback = "/sys/fs/bpf/relaytrap", .value = "DIRECTORY",
	  .help = "Where the running instance is pinned; instances are told apart by it." },
	{ .name = "config", .offset = offsetof(struct settings, config), .type = SETTING_PATH,
	  .letter = 'c', .commands = ALL_COMMANDS, .places = PLACE_ENVIRONMENT,
	  .fallback = "/etc/relaytrap.conf", .value = "FILE",
	  .help = "Configuration file." },
	{ .name = "verbose", .offset = offsetof(struct settings, verbose), .type = SETTING_FLAG,
	  .letter = 'v', .commands = LOADING_COMMANDS,
	  .help = "Hand on what libbpf and the verifier say." },
	{ .name = "help", .offset = offsetof(struct settings, help), .type = SETTING_FLAG,
	  .letter = 'h', .commands = ALL_COMMANDS,
	  .help = "Print this help." },
};
/* clang-format on */

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

_Static_assert(sizeof(settings_table) / sizeof(settings_table[0]) <= SETTINGS_MAX, "raise SETTINGS_MAX");

/* Each begins at offset 0, so a value is copied to its field without asking which one it is. */
union setting_value {
	bool flag;
	unsigned int count;
	__u64 ns;
	struct ports ports;
	char path[PATH_MAX];
};

static size_t value_size(enum setting_type type)
{
	switch (type) {
	case SETTING_FLAG:
		return sizeof(bool);
	case SETTING_COUNT:
		return sizeof(unsigned int);
	case SETTING_DURATION:
	case SETTING_DELAY:
	case SETTING_THRESHOLD:
		return sizeof(__u64);
	case SETTING_PORTS:
		return sizeof(struct ports);
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
	if (!length && type != SETTING_OPTIONAL)
		return fail(error, "the path is empty");
	if (length >= PATH_MAX)
		return fail(error, "\"%s\" is longer than a path may be (%d bytes)", shown, PATH_MAX - 1);
	if (type == SETTING_NETNS && *text != '/' && strcmp(text, "all") && strcmp(text, "self"))
		return fail(error, "\"%s\" is neither all, self nor an absolute path such as /run/netns/NAME",
			    shown);
	if (type == SETTING_ABSOLUTE && *text != '/')
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

static int parse_value(union setting_value *value, const struct setting *setting, const char *text,
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
		return ports_parse(&value->ports, text, error);
	case SETTING_THRESHOLD:
		return parse_threshold(&value->ns, setting, text, error);
	default:
		return parse_path(value->path, text, setting->type, error);
	}
}

/* The source of a value is kept with the first row that names its field. */
static size_t source_index(const struct setting *setting)
{
	size_t i = 0;

	while (settings_table[i].offset != setting->offset)
		i++;
	return i;
}

/* "fan_out=30" */
static int apply_change(struct settings *settings, const char *text, enum settings_source source,
			struct error *error)
{
	const char *value = strchr(text, '=');
	char name[SETTING_NAME], shown[TEXT_SHOWN];
	struct thresholds unused;

	if (!value || (size_t)(value - text) >= sizeof(name))
		return fail(error, "\"%s\" is not NAME=VALUE, such as fan_out=30", text_shown(shown, text));
	memcpy(name, text, value - text);
	name[value - text] = '\0';
	if (thresholds_set(&unused, name, value + 1, error))
		return -1;
	return setting_apply(settings, setting_find(name), value + 1, source, error);
}

int setting_apply(struct settings *settings, const struct setting *setting, const char *value,
		  enum settings_source source, struct error *error)
{
	unsigned char *strongest = &settings->sources[source_index(setting)];
	char *field = (char *)settings + setting->offset;
	union setting_value parsed = {0};

	if (setting->type == SETTING_CHANGE)
		return apply_change(settings, value, source, error);
	if (setting->type == SETTING_PORTS && source == *strongest)
		memcpy(&parsed, field, sizeof(struct ports));
	if (parse_value(&parsed, setting, value, error))
		return -1;
	if (source < *strongest)
		return 0;
	memcpy(field, &parsed, value_size(setting->type));
	*strongest = source;
	return 0;
}

const struct threshold *setting_threshold(const struct setting *setting)
{
	for (size_t i = 0; setting->type == SETTING_THRESHOLD && i < THRESHOLDS; i++)
		if (!strcmp(thresholds_table[i].name, setting->name))
			return &thresholds_table[i];
	return NULL;
}

const struct setting *setting_find(const char *name)
{
	for (size_t i = 0; i < settings_count; i++)
		if (!strcmp(settings_table[i].name, name))
			return &settings_table[i];
	return NULL;
}

static int fail_unknown(struct error *error, const char *name)
{
	struct nearest nearest;
	char shown[TEXT_SHOWN];

	nearest_start(&nearest, name);
	for (size_t i = 0; i < settings_count; i++)
		if (settings_table[i].places)
			nearest_offer(&nearest, settings_table[i].name);
	text_shown(shown, name);
	if (nearest.name)
		return fail(error, "unknown setting \"%s\"; did you mean %s?", shown, nearest.name);
	return fail(error, "unknown setting \"%s\"; relaytrap help config lists them all", shown);
}

static int fail_misplaced(struct error *error, const struct setting *setting)
{
	char option[SETTING_NAME], variable[SETTING_NAME];

	setting_option_name(option, setting);
	setting_variable_name(variable, setting);
	if (setting->places & PLACE_ENVIRONMENT)
		return fail(error, "%s cannot stand here: give it as --%s or in the environment as %s",
			    setting->name, option, variable);
	return fail(error, "%s cannot stand here: it is an option of the command line, --%s", setting->name,
		    option);
}

int settings_set(struct settings *settings, const char *name, const char *value, enum settings_source source,
		 struct error *error)
{
	const struct setting *setting = setting_find(name);
	struct error reason;

	if (!setting)
		return fail_unknown(error, name);
	if ((source == SOURCE_FILE && !(setting->places & PLACE_FILE)) ||
	    (source == SOURCE_ENVIRONMENT && !(setting->places & PLACE_ENVIRONMENT)))
		return fail_misplaced(error, setting);
	if (setting_apply(settings, setting, value, source, &reason))
		return fail(error, "%s: %s", name, reason.text);
	return 0;
}

enum settings_source settings_source(const struct settings *settings, const char *name)
{
	return settings->sources[source_index(setting_find(name))];
}

static void set_fallback(struct settings *settings, const struct setting *setting)
{
	struct error never; /* a unit test holds that the table's defaults are good */

	settings->sources[source_index(setting)] = SOURCE_DEFAULT;
	if (setting->fallback)
		setting_apply(settings, setting, setting->fallback, SOURCE_DEFAULT, &never);
	else if (setting_threshold(setting))
		memcpy((char *)settings + setting->offset, &setting_threshold(setting)->fallback,
		       sizeof(__u64));
}

void settings_default(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	for (size_t i = 0; i < settings_count; i++)
		set_fallback(settings, &settings_table[i]);
}

void settings_forget_file(struct settings *settings)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings->sources[i] != SOURCE_FILE)
			continue;
		/* Ports of one source add up: begin with none. */
		if (settings_table[i].type == SETTING_PORTS)
			memset((char *)settings + settings_table[i].offset, 0, sizeof(struct ports));
		set_fallback(settings, &settings_table[i]);
	}
	memset(settings->port_sections, 0, sizeof(settings->port_sections));
	settings->port_section_count = 0;
}
