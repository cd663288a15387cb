// SPDX-License-Identifier: GPL-2.0
/* What the table says to a reader: help, and a default configuration file. */
#include <string.h>

#include "settings_table.h"
#include "units.h"

#define WIDTH 80
#define HELP_COLUMN 33
#define HELP_SIZE 512

/* Appends @text word by word to a line that has @column columns; further lines begin with @margin. */
static void wrap(FILE *stream, const char *text, int column, const char *margin)
{
	for (bool first = true; *text; first = false) {
		int length = strcspn(text, " ");

		if (!first && column + 1 + length > WIDTH) {
			fprintf(stream, "\n%s", margin);
			column = strlen(margin);
			first = true;
		}
		column += fprintf(stream, "%s%.*s", first ? "" : " ", length, text);
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', stream);
}

static void describe_threshold_range(char *text, size_t size, const struct threshold *row)
{
	char low[UNITS_TEXT], high[UNITS_TEXT];

	if (row->unit == THRESHOLD_DURATION) {
		units_format_duration(low, row->min);
		units_format_duration(high, row->max);
		snprintf(text, size, "%s to %s", low, high);
	} else {
		snprintf(text, size, "%llu to %llu%s", row->min, row->max,
			 row->unit == THRESHOLD_PERCENT ? " %" : "");
	}
}

void setting_describe_fallback(char text[SETTING_FALLBACK], const struct setting *setting)
{
	const struct threshold *row = setting_threshold(setting);

	if (row && row->unit == THRESHOLD_DURATION)
		units_format_duration(text, row->fallback);
	else if (row)
		snprintf(text, SETTING_FALLBACK, "%llu", row->fallback);
	else
		snprintf(text, SETTING_FALLBACK, "%s", setting->fallback ? setting->fallback : "");
}

void setting_describe_range(char text[SETTING_RANGE], const struct setting *setting)
{
	char low[UNITS_TEXT], high[UNITS_TEXT];

	*text = '\0';
	if (setting_threshold(setting)) {
		describe_threshold_range(text, SETTING_RANGE, setting_threshold(setting));
	} else if (setting->type == SETTING_COUNT) {
		snprintf(text, SETTING_RANGE, "%llu to %llu", setting->min, setting->max);
	} else if (setting->type == SETTING_DURATION || setting->type == SETTING_DELAY) {
		units_format_duration(low, setting->min);
		units_format_duration(high, setting->max);
		snprintf(text, SETTING_RANGE, "%s to %s", low, high);
	}
}

const char *setting_description(const struct setting *setting)
{
	const struct threshold *row = setting_threshold(setting);

	return row ? row->help : setting->help;
}

static void describe(char *text, size_t size, const struct setting *setting, bool with_default)
{
	const char *help = setting_description(setting);
	char range[SETTING_RANGE], fallback[SETTING_FALLBACK] = "";

	setting_describe_range(range, setting);
	if (with_default)
		setting_describe_fallback(fallback, setting);
	if (*fallback && *range)
		snprintf(text, size, "%s (default %s; %s)", help, fallback, range);
	else if (*fallback)
		snprintf(text, size, "%s (default %s)", help, fallback);
	else if (*range)
		snprintf(text, size, "%s (%s)", help, range);
	else
		snprintf(text, size, "%s", help);
}

/* "  -p, --port PORTS", or "  FILE" of an argument. Returns its length. */
static int print_spelling(FILE *stream, const struct setting *setting, enum command_bit command)
{
	char name[SETTING_NAME];
	int column;

	if (setting->positional)
		return fprintf(stream, "  %s", setting->value);
	setting_option_name(name, setting);
	column = setting_letter(setting, command) ? fprintf(stream, "  -%c, ", setting->letter)
						  : fprintf(stream, "      ");
	return column + fprintf(stream, "--%s%s%s", name, setting->value ? " " : "",
				setting->value ? setting->value : "");
}

const char *settings_argument(enum command_bit command)
{
	for (size_t i = 0; i < settings_count; i++)
		if (settings_table[i].positional && settings_table[i].commands & command)
			return settings_table[i].value;
	return NULL;
}

void settings_help(FILE *stream, enum command_bit command)
{
	char text[HELP_SIZE], margin[HELP_COLUMN + 1];

	memset(margin, ' ', HELP_COLUMN);
	margin[HELP_COLUMN] = '\0';
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];
		int column;

		if (!(setting->commands & command))
			continue;
		describe(text, sizeof(text), setting, true);
		column = print_spelling(stream, setting, command);
		/* Two columns apart at least. */
		column += fprintf(stream, "%*s", column + 2 > HELP_COLUMN ? 2 : HELP_COLUMN - column, "");
		wrap(stream, text, column, margin);
	}
}

void settings_write_default(FILE *stream)
{
	char text[HELP_SIZE], fallback[SETTING_FALLBACK];

	fputs("# Settings of relaytrap, each with its default; remove the # before a name to\n"
	      "# change it. A variable in the environment (RELAYTRAP_NAME) beats the line here,\n"
	      "# and an option on the command line (--name) beats both.\n"
	      "\n"
	      "[relaytrap]\n",
	      stream);
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];

		if (!(setting->places & PLACE_FILE))
			continue;
		describe(text, sizeof(text), setting, false);
		fputs("\n# ", stream);
		wrap(stream, text, 2, "# ");
		setting_describe_fallback(fallback, setting);
		fprintf(stream, "#%s =%s%s\n", setting->name, *fallback ? " " : "", fallback);
	}
	fputs("\n# Thresholds (all but the window) may differ for services on some ports:\n"
	      "# [port 25,465,587]\n"
	      "# hold = 1h\n",
	      stream);
}
