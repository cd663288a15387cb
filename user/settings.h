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
#include "thresholds.h"
#include "words.h"

#define SETTINGS_MAX 48

/* Sections [port ...] in the configuration file. */
#define PORT_SECTIONS_MAX 16

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
	COMMAND_EVENTS = 1 << 5,
	COMMAND_VERIFY = 1 << 6,
	COMMAND_REPLAY = 1 << 7,
	COMMAND_BLOCK = 1 << 8,
	COMMAND_UNBLOCK = 1 << 9,
	COMMAND_ALLOW = 1 << 10,
	COMMAND_DISALLOW = 1 << 11,
	COMMAND_RELEASE = 1 << 12,
	COMMAND_LIST = 1 << 13,
};

/* How the guard is attached to an interface. */
enum xdp_choice {
	XDP_AUTO, /* by the driver where that does no harm, else by the stack */
	XDP_NATIVE,
	XDP_GENERIC,
};

/* Thresholds of services that listen on some ports only. */
struct port_section {
	struct ports ports;
	struct thresholds thresholds; /* where given is set, by index in thresholds_table */
	bool given[THRESHOLDS];
};

struct settings {
	struct ports port;
	__u64 interval; /* ns */
	__u64 pairing_window;
	struct thresholds thresholds; /* of all services; settings_thresholds() for those of one */
	struct port_section port_sections[PORT_SECTIONS_MAX]; /* in the order of the file */
	size_t port_section_count;
	unsigned int max_services;
	unsigned int mode;       /* enum rt_mode */
	unsigned int fuse;       /* distinct upstreams, 0 = none */
	unsigned int xdp;        /* enum xdp_choice */
	__u64 expire;            /* ns; 0 = never */
	struct words interface;  /* names; none = all that face a network */
	struct ports block;      /* ports that the daemon blocks by itself */
	struct words allow;      /* as cidr_parse() takes them */
	struct words exempt;     /* see the help */
	char prom_dir[PATH_MAX]; /* "" = nowhere */
	unsigned int prom_services;
	char netns[PATH_MAX]; /* "all", "self" or an absolute path */
	char pin_dir[PATH_MAX];
	char config[PATH_MAX];
	char record[PATH_MAX]; /* "" = nowhere */
	/* Command line only: */
	char file[PATH_MAX]; /* the recording to replay, "" = not given */
	__u64 watch_for;     /* ns */
	bool verbose;        /* forward the log of libbpf */
	bool json;
	bool batch;
	struct words pid; /* in digits; none = all processes */
	bool force;
	bool help;
	char *const *arguments; /* of block, allow and their likes; borrowed from the command line */
	size_t argument_count;
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

/*
 * Gives the threshold @name the value in @value for services that listen on @ports (as the setting
 * `port` takes them), as a section of the file does. On failure @settings is unchanged.
 */
int settings_set_for_ports(struct settings *settings, const char *ports, const char *name, const char *value,
			   struct error *error);

/*
 * The thresholds of a service that listens on @ports. Where sections overlap, the last one counts;
 * like all of the file they give way to the environment and to options.
 */
void settings_thresholds(struct thresholds *thresholds, const struct settings *settings, const __u16 *ports,
			 size_t port_count);

/* Takes back what the configuration file said, so that it can be read again. */
void settings_forget_file(struct settings *settings);

/* What the argument of @command is called in its help, NULL if it takes none. */
const char *settings_argument(enum command_bit command);

/* Prints the options of @command, one paragraph each. */
void settings_help(FILE *stream, enum command_bit command);

/* Prints a configuration file in which every setting stands, commented out, with its default. */
void settings_write_default(FILE *stream);

#endif
