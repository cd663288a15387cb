/* SPDX-License-Identifier: GPL-2.0 */
/* What the settings_*.c files share: the table and how one row is applied. */
#ifndef RELAYTRAP_SETTINGS_TABLE_H
#define RELAYTRAP_SETTINGS_TABLE_H

#include "settings.h"

enum setting_type {
	SETTING_FLAG,              /* bool */
	SETTING_COUNT,             /* unsigned int */
	SETTING_DURATION,          /* __u64, ns */
	SETTING_DELAY,             /* the same; a bare number is seconds */
	SETTING_PORTS,             /* struct ports; repeatable */
	SETTING_PATH,              /* char[PATH_MAX] */
	SETTING_OPTIONAL,          /* char[PATH_MAX]; may be empty */
	SETTING_ABSOLUTE,          /* char[PATH_MAX], an absolute path */
	SETTING_OPTIONAL_ABSOLUTE, /* the same; may be empty */
	SETTING_NETNS,             /* char[PATH_MAX], an absolute path, "all" or "self" */
	/* __u64; unit, bounds, default and help stand in the row of that name in thresholds_table. */
	SETTING_THRESHOLD,
	SETTING_CHOICE,     /* unsigned int, index of the word in `choices` */
	SETTING_INTERFACES, /* struct words of names; repeatable, as are the next three */
	SETTING_CIDRS,
	SETTING_EXEMPT,
	SETTING_PIDS,
	SETTING_ARGUMENTS, /* all that is no option: arguments and argument_count */
	SETTING_CHANGE,    /* "name=value": a threshold, by another way; no field of its own */
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
	char letter;           /* short option, 0 = none; setting_letter() tells for which commands */
	bool positional;       /* no option, but the command's argument */
	unsigned int commands; /* that take it: enum command_bit */
	unsigned int spelled;  /* those of them that take the letter; 0 = all */
	unsigned int places;   /* where it may stand beside the command line: enum setting_place */
	__u64 min;
	__u64 max;
	const char *const *choices; /* of a SETTING_CHOICE; ends with NULL */
	const char *fallback;       /* the default as text; NULL: all zeros, or a threshold's own */
	const char *value;          /* its name in the help, NULL for a flag */
	const char *help;           /* one sentence, without the range and the default */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* Room for the longest name in any spelling. */
#define SETTING_NAME 64

/* The row of thresholds_table behind a SETTING_THRESHOLD, NULL for any other. */
const struct threshold *setting_threshold(const struct setting *setting);

/* Each begins at offset 0, so a value is copied to its field without asking which one it is. */
union setting_value {
	bool flag;
	unsigned int count;
	__u64 ns;
	struct ports ports;
	struct words words;
	char path[PATH_MAX];
};

size_t setting_value_size(enum setting_type type);

/* Reads @text; of a setting that adds up, into what @value holds already. */
int setting_value_parse(union setting_value *value, const struct setting *setting, const char *text,
			struct error *error);

/* Whether the values of one source add up. */
bool setting_adds_up(const struct setting *setting);

/* The row called @name, or NULL. */
const struct setting *setting_find(const char *name);

/* As settings_set(), but the error does not name the setting: each caller knows its own spelling. */
int setting_apply(struct settings *settings, const struct setting *setting, const char *value,
		  enum settings_source source, struct error *error);

/* The short option of @setting for @command, 0 = none. */
char setting_letter(const struct setting *setting, enum command_bit command);

/* "pairing_window" as "pairing-window", and as "RELAYTRAP_PAIRING_WINDOW". */
void setting_option_name(char name[SETTING_NAME], const struct setting *setting);
void setting_variable_name(char name[SETTING_NAME], const struct setting *setting);

/* What the help says of a setting: one sentence; the default; "100ms to 1h". "" where there is none. */
#define SETTING_FALLBACK 64
#define SETTING_RANGE 80
const char *setting_description(const struct setting *setting);
void setting_describe_fallback(char text[SETTING_FALLBACK], const struct setting *setting);
void setting_describe_range(char text[SETTING_RANGE], const struct setting *setting);

#endif
