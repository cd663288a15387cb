// SPDX-License-Identifier: GPL-2.0
/* Settings from the command line and from the environment. */
#include <ctype.h>
#include <getopt.h>
#include <string.h>

#include "nearest.h"
#include "settings_table.h"
#include "text.h"

/* What getopt returns for row i of the table is ROW + i: no letter is that large. */
#define ROW 256

/* What getopt wants to know, made from the table for one command. */
struct option_tables {
	struct option options[SETTINGS_MAX + 1];
	char names[SETTINGS_MAX][SETTING_NAME];
	char letters[2 * SETTINGS_MAX + 2];
};

/* @tables is all zeros. */
static void build_tables(struct option_tables *tables, enum command_bit command)
{
	struct option *option = tables->options;
	char *letter = tables->letters;

	*letter++ = ':'; /* tell a missing value from an unknown option */
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];

		if (!(setting->commands & command) || setting->positional)
			continue;
		setting_option_name(tables->names[i], setting);
		option->name = tables->names[i];
		option->has_arg = setting->value ? required_argument : no_argument;
		option->val = ROW + i;
		option++;
		if (!setting_letter(setting, command))
			continue;
		*letter++ = setting->letter;
		if (setting->value)
			*letter++ = ':';
	}
}

/* The row that getopt's @code stands for. */
static const struct setting *find_row(int code, enum command_bit command)
{
	if (code >= ROW)
		return &settings_table[code - ROW];
	for (size_t i = 0; i < settings_count; i++)
		if (code && setting_letter(&settings_table[i], command) == code)
			return &settings_table[i];
	return NULL;
}

/* @typed, without its dashes and value, is no option of the command, or the start of several. */
static int fail_long(struct error *error, const struct option_tables *tables, const char *typed,
		     const char *command)
{
	const char *first = NULL, *second = NULL;
	char name[SETTING_NAME], shown[TEXT_SHOWN];
	size_t length = strcspn(typed, "=");
	struct nearest nearest;

	if (length >= sizeof(name))
		return fail(error, "unknown option --%s; see relaytrap help %s", text_shown(shown, typed),
			    command);
	memcpy(name, typed, length);
	name[length] = '\0';
	text_shown(shown, name);
	nearest_start(&nearest, name);
	for (const struct option *option = tables->options; option->name; option++) {
		nearest_offer(&nearest, option->name);
		if (strncmp(option->name, name, length))
			continue;
		second = first;
		first = option->name;
	}
	if (second)
		return fail(error, "--%s may mean --%s or --%s: write it out", shown, second, first);
	if (nearest.name)
		return fail(error, "%s has no option --%s; did you mean --%s?", command, shown, nearest.name);
	return fail(error, "%s has no option --%s; see relaytrap help %s", command, shown, command);
}

/* getopt returned @code, '?' or ':'. */
static int fail_option(struct error *error, int code, const struct option_tables *tables,
		       enum command_bit command, char **argv)
{
	const struct setting *setting = find_row(optopt, command);
	char name[SETTING_NAME], shown[TEXT_SHOWN];
	char letter[] = {optopt, '\0'};

	if (!optopt)
		return fail_long(error, tables, argv[optind - 1] + 2, argv[0]);
	if (!setting)
		return fail(error, "%s has no option -%s; see relaytrap help %s", argv[0],
			    text_shown(shown, letter), argv[0]);
	setting_option_name(name, setting);
	if (code == ':')
		return fail(error, "--%s needs a value: --%s %s", name, name, setting->value);
	return fail(error, "--%s takes no value", name);
}

/* The command's argument, one or as many as it takes; @argv ends with NULL. */
static int take_argument(struct settings *settings, enum command_bit command, char **argv, const char *name,
			 struct error *error)
{
	const struct setting *setting = NULL;
	char shown[TEXT_SHOWN];
	struct error reason;

	for (size_t i = 0; i < settings_count; i++)
		if (settings_table[i].positional && settings_table[i].commands & command)
			setting = &settings_table[i];
	if (*argv && setting && setting->type == SETTING_ARGUMENTS) {
		settings->arguments = argv;
		while (*argv)
			argv++;
		settings->argument_count = argv - settings->arguments;
	} else if (*argv && setting) {
		if (setting_apply(settings, setting, *argv, SOURCE_OPTION, &reason))
			return fail(error, "%s: %s", setting->value, reason.text);
		argv++;
	} else if (setting && !settings->help) {
		return fail(error, "%s needs an argument: relaytrap %s %s", name, name, setting->value);
	}
	if (*argv)
		return fail(error, "unexpected argument \"%s\"; see relaytrap help %s",
			    text_shown(shown, *argv), name);
	return 0;
}

int settings_parse_options(struct settings *settings, enum command_bit command, int argc, char **argv,
			   struct error *error)
{
	char name[SETTING_NAME];
	struct option_tables tables = {0};
	const struct setting *setting;
	struct error reason;
	int code;

	build_tables(&tables, command);
	opterr = 0;
	optind = 0;
	while ((code = getopt_long(argc, argv, tables.letters, tables.options, NULL)) != -1) {
		setting = code == '?' || code == ':' ? NULL : find_row(code, command);
		if (!setting)
			return fail_option(error, code, &tables, command, argv);
		if (!setting_apply(settings, setting, optarg ? optarg : "yes", SOURCE_OPTION, &reason))
			continue;
		setting_option_name(name, setting);
		return fail(error, "--%s: %s", name, reason.text);
	}
	return take_argument(settings, command, argv + optind, argv[0], error);
}

int settings_parse_environment(struct settings *settings, char *const *environment, struct error *error)
{
	char name[SETTING_NAME];
	struct error reason;

	for (size_t i = 0; i < settings_count; i++) {
		if (!(settings_table[i].places & PLACE_ENVIRONMENT))
			continue;
		setting_variable_name(name, &settings_table[i]);
		for (char *const *variable = environment; *variable; variable++) {
			size_t length = strlen(name);

			if (strncmp(*variable, name, length) || (*variable)[length] != '=')
				continue;
			if (setting_apply(settings, &settings_table[i], *variable + length + 1,
					  SOURCE_ENVIRONMENT, &reason))
				return fail(error, "%s: %s", name, reason.text);
		}
	}
	return 0;
}

char setting_letter(const struct setting *setting, enum command_bit command)
{
	unsigned int takers = setting->spelled ? setting->spelled : setting->commands;

	return takers & setting->commands & command ? setting->letter : 0;
}

void setting_option_name(char name[SETTING_NAME], const struct setting *setting)
{
	size_t i = 0;

	for (; setting->name[i]; i++)
		name[i] = setting->name[i] == '_' ? '-' : setting->name[i];
	name[i] = '\0';
}

void setting_variable_name(char name[SETTING_NAME], const struct setting *setting)
{
	size_t used = strlen(strcpy(name, "RELAYTRAP_"));

	for (size_t i = 0; setting->name[i]; i++)
		name[used++] = toupper((unsigned char)setting->name[i]);
	name[used] = '\0';
}
