// SPDX-License-Identifier: GPL-2.0
/* All commands and settings, for the programs that make the man pages and the completion. */
#include "command.h"
#include "settings_table.h"

/* What kind of text a value is, which tells what may complete it. */
static const char *kind(const struct setting *setting)
{
	static const char *const kinds[] = {
		[SETTING_FLAG] = "flag",
		[SETTING_COUNT] = "count",
		[SETTING_DURATION] = "duration",
		[SETTING_DELAY] = "duration",
		[SETTING_PORTS] = "ports",
		[SETTING_PATH] = "file",
		[SETTING_OPTIONAL] = "file",
		[SETTING_ABSOLUTE] = "directory",
		[SETTING_OPTIONAL_ABSOLUTE] = "directory",
		[SETTING_NETNS] = "netns",
		[SETTING_CHOICE] = "choice",
		[SETTING_INTERFACES] = "interfaces",
		[SETTING_CIDRS] = "networks",
		[SETTING_EXEMPT] = "exempt",
		[SETTING_ARGUMENTS] = "arguments",
		[SETTING_CHANGE] = "threshold",
		[SETTING_PIDS] = "pids",
	};
	static const char *const units[] = {
		[THRESHOLD_DURATION] = "duration",
		[THRESHOLD_COUNT] = "count",
		[THRESHOLD_PERCENT] = "percent",
	};
	const struct threshold *threshold = setting_threshold(setting);

	if (threshold)
		return units[threshold->unit];
	return kinds[setting->type] ? kinds[setting->type] : "text";
}

static const char *place(const struct setting *setting)
{
	if (setting->positional)
		return "argument";
	if (setting->places & PLACE_FILE)
		return "anywhere";
	return setting->places & PLACE_ENVIRONMENT ? "environment" : "option";
}

/* The commands that take the setting; or those that take its letter. */
static void print_takers(FILE *stream, const struct setting *setting, bool by_letter,
			 const struct command *commands, size_t count)
{
	const char *separator = "";

	for (size_t i = 0; i < count; i++) {
		if (!(setting->commands & commands[i].bit) ||
		    (by_letter && !setting_letter(setting, commands[i].bit)))
			continue;
		fprintf(stream, "%s%s", separator, commands[i].name);
		separator = " ";
	}
}

/* The words that a value is one of, or begins with. */
static void print_choices(FILE *stream, const struct setting *setting)
{
	const char *separator = "";

	if (setting->type == SETTING_CHANGE)
		for (size_t i = 0; i < THRESHOLDS; i++)
			fprintf(stream, "%s%s", i ? " " : "", thresholds_table[i].name);
	for (const char *const *choice = setting->choices; choice && *choice; choice++) {
		fprintf(stream, "%s%s", separator, *choice);
		separator = " ";
	}
}

static void print_setting(FILE *stream, const struct setting *setting, const struct command *commands,
			  size_t count)
{
	char option[SETTING_NAME], fallback[SETTING_FALLBACK], range[SETTING_RANGE];
	char letter[] = {setting->letter, '\0'};

	setting_option_name(option, setting);
	setting_describe_fallback(fallback, setting);
	setting_describe_range(range, setting);
	fprintf(stream, "setting\t%s\t%s\t%s\t%s\t%s\t%s\t", setting->name, option, letter,
		setting->value ? setting->value : "", kind(setting), place(setting));
	print_takers(stream, setting, false, commands, count);
	fputc('\t', stream);
	print_takers(stream, setting, true, commands, count);
	fprintf(stream, "\t%s\t%s\t", fallback, range);
	print_choices(stream, setting);
	fprintf(stream, "\t%s\n", setting_description(setting));
}

void commands_list(FILE *stream, const struct command *commands, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(stream, "command\t%s\t%s\n", commands[i].name, commands[i].summary);
	for (size_t i = 0; i < settings_count; i++)
		print_setting(stream, &settings_table[i], commands, count);
}
