/* SPDX-License-Identifier: GPL-2.0 */
/* What the settings_*.c files share: the table and how one row is applied. */
#ifndef RELAYTRAP_SETTINGS_TABLE_H
#define RELAYTRAP_SETTINGS_TABLE_H

#include "settings.h"

enum setting_type {
	SETTING_FLAG,     /* bool */
	SETTING_COUNT,    /* unsigned int */
	SETTING_DURATION, /* __u64, ns */
	SETTING_DELAY,    /* the same; a bare number is seconds */
	SETTING_PORTS,    /* struct ports; repeatable */
	SETTING_PATH,     /* char[PATH_MAX] */
	SETTING_OPTIONAL, /* char[PATH_MAX]; may be empty */
	SETTING_ABSOLUTE, /* char[PATH_MAX], an absolute path */
	SETTING_NETNS,    /* char[PATH_MAX], an absolute path, "all" or "self" */
	/* __u64; unit, bounds, default and help stand in the row of that name in thresholds_table. */
	SETTING_THRESHOLD,
	SETTING_CHANGE, /* "name=value": a threshold, by another way; no field of its own */
};

enum setting_place {
	PLACE_FILE = 1 << 0,
	PLACE_ENVIRONMENT = 1 << 1,
	PLACE_ANYWHERE = PLACE_FILE | PLACE_ENVIRONMENT,
};

struct setting {
	const char *name; /* as in the file */
	size_t offset;    /* in struct settings; rows that share one are two names for one value */
	enum setting_type type;
	char letter;           /* short option, 0 = none */
	bool positional;       /* no option, but the command's argument */
	unsigned int commands; /* that take it: enum command_bit */
	unsigned int places;   /* where it may stand beside the command line: enum setting_place */
	__u64 min;
	__u64 max;
	const char *fallback; /* the default as text; NULL: all zeros, or a threshold's own */
	const char *value;    /* its name in the help, NULL for a flag */
	const char *help;     /* one sentence, without the range and the default */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* Room for the longest name in any spelling. */
#define SETTING_NAME 64

/* The row of thresholds_table behind a SETTING_THRESHOLD, NULL for any other. */
const struct threshold *setting_threshold(const struct setting *setting);

/* The row called @name, or NULL. */
const struct setting *setting_find(const char *name);

/* As settings_set(), but the error does not name the setting: each caller knows its own spelling. */
int setting_apply(struct settings *settings, const struct setting *setting, const char *value,
		  enum settings_source source, struct error *error);

/* "pairing_window" as "pairing-window", and as "RELAYTRAP_PAIRING_WINDOW". */
void setting_option_name(char name[SETTING_NAME], const struct setting *setting);
void setting_variable_name(char name[SETTING_NAME], const struct setting *setting);

#endif
