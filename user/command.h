/* SPDX-License-Identifier: GPL-2.0 */
/* The commands; main.c's table is the only place that lists them. */
#ifndef RELAYTRAP_COMMAND_H
#define RELAYTRAP_COMMAND_H

#include "settings.h"

struct command {
	const char *name;
	enum command_bit bit;
	int (*function)(const struct settings *settings); /* returns an exit status */
	const char *summary;                              /* a sentence without its full stop */
};

/*
 * Prints @commands and the settings they take for programs: what makes the man pages and the completion
 * reads this. One line each, fields separated by tabs, first which of the two it is; see packaging/README.md.
 */
void commands_list(FILE *stream, const struct command *commands, size_t count);

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,    /* while running */
	EXIT_USAGE = 2,     /* options, environment or configuration file: nothing was tried */
	EXIT_RELAYING = 10, /* verify: something relays */
	EXIT_INCONCLUSIVE =
		11, /* verify: nothing came in, or it was stopped early, or something is suspect */
};

/* Each returns an exit status and has then said on standard error why it is not EXIT_OK. */
int cmd_run(const struct settings *settings);
int cmd_top(const struct settings *settings);
int cmd_status(const struct settings *settings);
int cmd_events(const struct settings *settings);
int cmd_verify(const struct settings *settings);
int cmd_replay(const struct settings *settings);
int cmd_release(const struct settings *settings);
int cmd_check(const struct settings *settings);
int cmd_block(const struct settings *settings);
int cmd_unblock(const struct settings *settings);
int cmd_allow(const struct settings *settings);
int cmd_disallow(const struct settings *settings);
int cmd_list(const struct settings *settings);
int cmd_unload(const struct settings *settings);

#endif
