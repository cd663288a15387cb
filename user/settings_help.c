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

/* "100ms to 1h", or "" where there are no limits. */
static void describe_range(char *text, size_t size, const struct setting *setting)
{
	char low[UNITS_TEXT], high[UNITS_TEXT];

	*text = '\0';
	if (setting->type == SETTING_COUNT) {
		snprintf(text, size, "%llu to %llu", setting->min, setting->max);
	} else if (setting->type == SETTING_DURATION || setting->type == SETTING_DELAY) {
		units_format_duration(low, setting->min);
		units_format_duration(high, setting->max);
		snprintf(text, size, "%s to %s", low, high);
	}
}

static void describe(char *text, size_t size, const struct setting *setting, bool with_default)
{
	const char *fallback = with_default ? setting->fallback : NULL;
	char range[2 * UNITS_TEXT + 4];

	describe_range(range, sizeof(range), setting);
	if (fallback && *range)
		snprintf(text, size, "%s (default %s; %s)", setting->help, fallback, range);
	else if (fallback)
		snprintf(text, size, "%s (default %s)", setting->help, fallback);
	else if (*range)
		snprintf(text, size, "%s (%s)", setting->help, range);
	else
		snprintf(text, size, "%s", setting->help);
}

void settings_help(FILE *stream, enum command_bit command)
{
	char name[SETTING_NAME], text[HELP_SIZE], margin[HELP_COLUMN + 1];

	memset(margin, ' ', HELP_COLUMN);
	margin[HELP_COLUMN] = '\0';
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];
		int column;

		if (!(setting->commands & command))
			continue;
		setting_option_name(name, setting);
		describe(text, sizeof(text), setting, true);
		column = setting->letter ? fprintf(stream, "  -%c, ", setting->letter)
					 : fprintf(stream, "      ");
		column += fprintf(stream, "--%s%s%s", name, setting->value ? " " : "",
				  setting->value ? setting->value : "");
		/* Two columns apart at least. */
		column += fprintf(stream, "%*s", column + 2 > HELP_COLUMN ? 2 : HELP_COLUMN - column, "");
		wrap(stream, text, column, margin);
	}
}

void settings_write_default(FILE *stream)
{
	char text[HELP_SIZE];

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
		fprintf(stream, "#%s = %s\n", setting->name, setting->fallback);
	}
}
