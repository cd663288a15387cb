// SPDX-License-Identifier: GPL-2.0
#include "label.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ID_DIGITS 64
#define ID_SHOWN 12
#define NAME_SIZE 256

/* One component of a path. */
struct part {
	const char *text;
	size_t length;
};

struct label {
	char *text;
	size_t size;
	size_t length;
};

static bool next_part(struct part *part, const char **path)
{
	*path += strspn(*path, "/");
	part->text = *path;
	part->length = strcspn(*path, "/");
	*path += part->length;
	return part->length > 0;
}

/* Longer than @prefix itself: something must stand behind it. */
static bool starts_with(const struct part *part, const char *prefix)
{
	size_t length = strlen(prefix);

	return part->length > length && !memcmp(part->text, prefix, length);
}

static bool ends_with(const struct part *part, const char *suffix)
{
	size_t length = strlen(suffix);

	return part->length > length && !memcmp(part->text + part->length - length, suffix, length);
}

static bool equals(const struct part *part, const char *text)
{
	return part->length == strlen(text) && !memcmp(part->text, text, part->length);
}

static bool is_id(const char *text, size_t length)
{
	if (length != ID_DIGITS)
		return false;
	while (length && isxdigit((unsigned char)text[length - 1]))
		length--;
	return !length;
}

/* "/" first if something precedes, then "kind:" unless @kind is empty, then the name. */
static void append(struct label *label, const struct part *kind, const char *name, size_t length)
{
	int wrote = snprintf(label->text + label->length, label->size - label->length, "%s%.*s%s%.*s",
			     label->length ? "/" : "", (int)kind->length, kind->text, kind->length ? ":" : "",
			     (int)length, name);

	if (wrote > 0)
		label->length += wrote;
	if (label->length >= label->size)
		label->length = label->size - 1;
}

static void append_container(struct label *label, const char *kind, const char *name, size_t length)
{
	append(label, &(struct part){kind, strlen(kind)}, name, length);
}

/* The \xNN that systemd writes for bytes that a unit's name cannot have. */
static size_t unescape(char *to, const char *text, size_t length)
{
	size_t used = 0;
	unsigned int byte;

	for (size_t i = 0; i < length && used < NAME_SIZE; i++) {
		to[used] = text[i];
		if (i + 3 < length && text[i] == '\\' && text[i + 1] == 'x' &&
		    isxdigit((unsigned char)text[i + 2]) && isxdigit((unsigned char)text[i + 3]) &&
		    sscanf(text + i + 2, "%2x", &byte) == 1) {
			to[used] = (char)byte;
			i += 3;
		}
		used++;
	}
	return used;
}

/* "machine-web.scope" (virtual machines, containers) and "systemd-nspawn@web.service". */
static bool take_machine(struct label *label, const struct part *part)
{
	size_t before, after;
	char name[NAME_SIZE];

	if (starts_with(part, "machine-") && ends_with(part, ".scope")) {
		before = strlen("machine-");
		after = strlen(".scope");
	} else if (starts_with(part, "systemd-nspawn@") && ends_with(part, ".service")) {
		before = strlen("systemd-nspawn@");
		after = strlen(".service");
	} else {
		return false;
	}
	if (part->length <= before + after)
		return false;
	append_container(label, "machine", name,
			 unescape(name, part->text + before, part->length - before - after));
	return true;
}

/* "docker-<id>.scope", "libpod-<id>.scope", "cri-containerd-<id>.scope" and so on, or the bare id. */
static bool take_id(struct label *label, const struct part *part, const struct part *parent, bool in_pod)
{
	static const struct part pods = {"kubepods", sizeof("kubepods") - 1};
	const size_t tail = strlen(".scope");
	const char *id = part->text;
	struct part kind = in_pod ? pods : *parent;

	if (ends_with(part, ".scope") && part->length > 1 + ID_DIGITS + tail) {
		id += part->length - tail - ID_DIGITS;
		if (id[-1] != '-' || !is_id(id, ID_DIGITS))
			return false;
		kind = (struct part){part->text, id - 1 - part->text};
	} else if (!is_id(part->text, part->length)) {
		return false;
	}
	append(label, &kind, id, ID_SHOWN);
	return true;
}

/* "lxc/web", "lxc.payload/web" and "lxc.payload.web". */
static bool take_lxc(struct label *label, const struct part *part, const struct part *parent)
{
	const size_t before = strlen("lxc.payload.");

	if (equals(parent, "lxc") || equals(parent, "lxc.payload"))
		append_container(label, "lxc", part->text, part->length);
	else if (starts_with(part, "lxc.payload."))
		append_container(label, "lxc", part->text + before, part->length - before);
	else
		return false;
	return true;
}

/* Units that a person's log-in makes; they do not tell one program from another. */
static bool is_session(const struct part *part)
{
	static const char *const sessions[] = {"session-", "vte-spawn-", "tmux-spawn-"};

	if (equals(part, "init.scope"))
		return true;
	for (size_t i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++)
		if (starts_with(part, sessions[i]) && ends_with(part, ".scope"))
			return true;
	return false;
}

static bool is_unit(const struct part *part)
{
	return ends_with(part, ".service") || ends_with(part, ".scope");
}

bool label_from_cgroup(char *label, size_t size, const char *cgroup)
{
	struct label made = {.text = label, .size = size};
	struct part part, parent = {"", 0};
	size_t named = 0; /* so much of the label stands on its own */
	bool in_pod = false;

	if (!size)
		return false;
	label[0] = '\0';
	for (; next_part(&part, &cgroup); parent = part) {
		in_pod = in_pod || equals(&part, "kubepods") || starts_with(&part, "kubepods");
		if (take_machine(&made, &part) || take_id(&made, &part, &parent, in_pod) ||
		    take_lxc(&made, &part, &parent)) {
			named = made.length;
		} else if (starts_with(&part, "user@") && ends_with(&part, ".service")) {
			append(&made, &(struct part){"", 0}, part.text, part.length - strlen(".service"));
		} else if (is_session(&part)) {
			break;
		} else if (is_unit(&part)) {
			append(&made, &(struct part){"", 0}, part.text, part.length);
			named = made.length;
			break;
		}
	}
	label[named] = '\0';
	return named > 0;
}
