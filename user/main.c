// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "nearest.h"
#include "text.h"

static const struct command commands[] = {
	{"run", COMMAND_RUN, cmd_run, "Watch in the foreground until stopped; what top and status join"},
	{"top", COMMAND_TOP, cmd_top, "Show services live, those of a running instance if there is one"},
	{"status", COMMAND_STATUS, cmd_status, "Print one snapshot of the running instance"},
	{"verify", COMMAND_VERIFY, cmd_verify, "Watch for a while, then tell whether anything relays"},
	{"events", COMMAND_EVENTS, cmd_events,
	 "Follow verdicts, new listeners and losses of the running instance"},
	{"block", COMMAND_BLOCK, cmd_block, "Drop what comes in to a TCP port, before the stack sees it"},
	{"unblock", COMMAND_UNBLOCK, cmd_unblock, "Let in again what comes to a port"},
	{"allow", COMMAND_ALLOW, cmd_allow, "Always serve these networks, blocked ports included"},
	{"disallow", COMMAND_DISALLOW, cmd_disallow, "Take networks off the list of the allowed ones"},
	{"release", COMMAND_RELEASE, cmd_release, "End the containment of a service"},
	{"list", COMMAND_LIST, cmd_list, "Print what is blocked, contained, allowed and guarded"},
	{"replay", COMMAND_REPLAY, cmd_replay, "Judge a recording again, with other thresholds"},
	{"check", COMMAND_CHECK, cmd_check, "Tell whether this kernel and this configuration work"},
	{"unload", COMMAND_UNLOAD, cmd_unload, "Detach everything and remove what is pinned"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int usage(const char *reason)
{
	fprintf(stderr, "relaytrap: %s\n", reason);
	return EXIT_USAGE;
}

static int usage_unknown(const char *name)
{
	struct nearest nearest;
	char shown[TEXT_SHOWN];

	nearest_start(&nearest, name);
	nearest_offer(&nearest, "help");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		nearest_offer(&nearest, commands[i].name);
	fprintf(stderr, "relaytrap: unknown command \"%s\"; ", text_shown(shown, name));
	if (nearest.name)
		fprintf(stderr, "did you mean %s?\n", nearest.name);
	else
		fprintf(stderr, "relaytrap help lists them\n");
	return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int print_overview(void)
{
	printf("Usage: relaytrap COMMAND [OPTION]...\n"
	       "Finds the processes that relay other people's traffic.\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-16s %s\n", commands[i].name, commands[i].summary);
	printf("  %-16s %s\n", "help [COMMAND]", "Print this, or the options of a command");
	printf("  %-16s %s\n", "help config", "Print a configuration file with all defaults");
	printf("  %-16s %s\n", "help table", "Print all commands and settings, for programs");
	printf("  %-16s %s\n", "--version", "Print the version");
	printf("\nExit status: %d success, %d failure, %d wrong usage or configuration.\n", EXIT_OK,
	       EXIT_FAILED, EXIT_USAGE);
	return EXIT_OK;
}

static int print_command_help(const struct command *command)
{
	const char *argument = settings_argument(command->bit);

	printf("Usage: relaytrap %s [OPTION]...%s%s\n%s.\n\n", command->name, argument ? " " : "",
	       argument ? argument : "", command->summary);
	settings_help(stdout, command->bit);
	if (command->bit == COMMAND_VERIFY)
		printf("\nExit status: %d nothing relays, %d something does (told at once), %d inconclusive:\n"
		       "nothing came in, something is suspect, or the watch was cut short; %d failure,\n"
		       "%d wrong usage.\n",
		       EXIT_OK, EXIT_RELAYING, EXIT_INCONCLUSIVE, EXIT_FAILED, EXIT_USAGE);
	return EXIT_OK;
}

static int help(int argc, char **argv)
{
	const struct command *command;

	if (argc > 2)
		return usage("help takes one word: relaytrap help [COMMAND]");
	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print_overview();
	if (!strcmp(argv[1], "config")) {
		settings_write_default(stdout);
		return EXIT_OK;
	}
	if (!strcmp(argv[1], "table")) {
		commands_list(stdout, commands, COMMAND_COUNT);
		return EXIT_OK;
	}
	command = find_command(argv[1]);
	return command ? print_command_help(command) : usage_unknown(argv[1]);
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct settings settings;
	struct error error;

	settings_default(&settings);
	/* Strongest first: the options may ask for help only, and name the file; order does not rank. */
	if (settings_parse_options(&settings, command->bit, argc, argv, &error))
		return usage(error.text);
	if (settings.help)
		return print_command_help(command);
	if (settings_parse_environment(&settings, environ, &error) || config_load(&settings, &error))
		return usage(error.text);
	return command->function(&settings);
}

static int dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return usage("no command given; relaytrap help lists them");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("relaytrap %s\n", RELAYTRAP_VERSION);
		return EXIT_OK;
	}
	if (argv[1][0] == '-')
		return usage("the command comes first: relaytrap COMMAND [OPTION]...; relaytrap help lists "
			     "them");
	command = find_command(argv[1]);
	return command ? run_command(command, argc - 1, argv + 1) : usage_unknown(argv[1]);
}

int main(int argc, char **argv)
{
	int status;

	setlocale(LC_CTYPE, ""); /* only that: numbers keep their decimal point */
	status = dispatch(argc, argv);
	if ((fflush(stdout) || ferror(stdout)) && status == EXIT_OK) {
		fprintf(stderr, "relaytrap: cannot write standard output: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	return status;
}
