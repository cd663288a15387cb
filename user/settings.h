/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every setting, in ONE table: from it come the command line, the environment, the
 * configuration file and the help. Pure: texts come in, values or reasons go out.
 * Options beat environment, environment beats file, file beats default.
 */
#ifndef RELAYTRAP_SETTINGS_H
#define RELAYTRAP_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "error.h"
#include "ports.h"

#define SETTINGS_MAX 32

/* Where a value comes from, weakest first. */
enum settings_source {
	SOURCE_DEFAULT,
	SOURCE_FILE,
	SOURCE_ENVIRONMENT,
	SOURCE_OPTION,
};

/* Which command's options; a set of them in the table. */
enum command_bit {
	COMMAND_RUN = 1 << 0,
	COMMAND_TOP = 1 << 1,
	COMMAND_STATUS = 1 << 2,
	COMMAND_CHECK = 1 << 3,
	COMMAND_UNLOAD = 1 << 4,
};

struct settings {
	struct ports port;
	__u64 interval; /* ns */
	__u64 window;
	__u64 pairing_window;
	unsigned int max_services;
	char netns[PATH_MAX]; /* "all", "self" or an absolute path */
	char pin_dir[PATH_MAX];
	char config[PATH_MAX];
	/* Command line only: */
	bool verbose; /* forward the log of libbpf */
	bool json;
	bool batch;
	bool help;
	unsigned int iterations; /* 0 = without end */
	/* enum settings_source of each row of the table; settings.c's own. */
	unsigned char sources[SETTINGS_MAX];
};

void settings_default(struct settings *settings);

/*
 * Gives the setting @name (as in the file: "pairing_window") the value in @value, unless a
 * stronger source than @source has spoken; a bad value is refused even then. Of the same source the
 * last value counts, while those of a repeatable setting add up. On failure the error names the
 * setting and the reason, and @settings is unchanged.
 */
int settings_set(struct settings *settings, const char *name, const char *value, enum settings_source source,
		 struct error *error);

/* Who gave the setting @name its value; @name must be in the table. */
enum settings_source settings_source(const struct settings *settings, const char *name);

/*
 * Reads the options of @command from @argv, whose first element (the command's name) is skipped.
 * May reorder @argv. Restarts getopt: one thread at a time.
 */
int settings_parse_options(struct settings *settings, enum command_bit command, int argc, char **argv,
			   struct error *error);

/* Reads each RELAYTRAP_NAME=value of @environment, an array that ends with NULL like environ. */
int settings_parse_environment(struct settings *settings, char *const *environment, struct error *error);

/*
 * Reads @text, the contents of the configuration file @file; @file only serves the error, which
 * gives the line as well. Lines before the first wrong one may have been taken over.
 */
int settings_parse_file(struct settings *settings, const char *file, const char *text, struct error *error);

/* Prints the options of @command, one paragraph each. */
void settings_help(FILE *stream, enum command_bit command);

/* Prints a configuration file in which every setting stands, commented out, with its default. */
void settings_write_default(FILE *stream);

#endif
