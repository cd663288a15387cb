// SPDX-License-Identifier: GPL-2.0
/* Settings from the text of the configuration file. */
#include <ini.h>
#include <string.h>

#include "settings_table.h"
#include "text.h"

/* inih cuts the name of a section to less than this, in silence. */
#define SECTION_MOST 49

struct file_parser {
	struct settings *settings;
	const char *next;     /* text not yet read */
	unsigned int line;    /* that was read last */
	unsigned int refused; /* first line refused here, 0 = none; inih knows those that it refuses itself */
	struct error reason;
};

static void refuse(struct file_parser *parser, const char *reason)
{
	if (parser->refused)
		return;
	parser->refused = parser->line;
	fail(&parser->reason, "%s", reason);
}

/*
 * inih's fgets(), over memory. Leading blanks are dropped, or inih would take an indented line for
 * more of the value above. inih cuts a line of @size bytes or more in two, so none gets there.
 */
static char *read_line(char *line, int size, void *data)
{
	struct file_parser *parser = data;
	size_t room = size - 2; /* newline and NUL */
	size_t length;

	if (!*parser->next)
		return NULL;
	parser->line++;
	parser->next += strspn(parser->next, " \t\r\v\f");
	length = strcspn(parser->next, "\n");
	if (length <= room || strchr("#;", *parser->next))
		room = length < room ? length : room;
	else
		refuse(parser, "the line is too long: shorten the value, or repeat the setting if it is a "
			       "list");
	memcpy(line, parser->next, room);
	strcpy(line + room, "\n");
	parser->next += length;
	if (*parser->next)
		parser->next++;
	return line;
}

static int set_in_section(struct settings *settings, const char *section, const char *name, const char *value,
			  struct error *error)
{
	char shown[TEXT_SHOWN];
	struct error reason;

	if (!*section || !strcmp(section, "relaytrap"))
		return settings_set(settings, name, value, SOURCE_FILE, error);
	text_shown(shown, section);
	if (strlen(section) >= SECTION_MOST)
		return fail(error, "section [%s]: its name is too long; use several sections", shown);
	if (strncmp(section, "port ", 5))
		return fail(error, "unknown section [%s]; there are [relaytrap] and [port PORTS]", shown);
	section += 5;
	if (settings_set_for_ports(settings, section + strspn(section, " \t"), name, value, &reason))
		return fail(error, "[%s] %.380s", shown, reason.text);
	return 0;
}

static int take_setting(void *data, const char *section, const char *name, const char *value)
{
	struct file_parser *parser = data;
	struct error error;

	if (parser->refused)
		return 0;
	if (set_in_section(parser->settings, section, name, value, &error))
		refuse(parser, error.text);
	return !parser->refused;
}

int settings_parse_file(struct settings *settings, const char *file, const char *text, struct error *error)
{
	struct file_parser parser = {.settings = settings, .next = text};
	int malformed = ini_parse_stream(read_line, &parser, take_setting, &parser);
	char shown[TEXT_SHOWN];

	text_shown(shown, file);
	if (malformed < 0)
		return fail(error, "%s: not enough memory to read it", shown);
	if (parser.refused && (!malformed || parser.refused <= (unsigned int)malformed))
		return fail(error, "%s:%u: %s", shown, parser.refused, parser.reason.text);
	if (malformed)
		return fail(error,
			    "%s:%d: neither name = value nor [relaytrap] nor [port PORTS] nor a # comment",
			    shown, malformed);
	return 0;
}
