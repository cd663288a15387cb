/* SPDX-License-Identifier: GPL-2.0 */
/* The directory of pins: made whole or not at all, held by one daemon, removed in one go. */
#ifndef RELAYTRAP_PINS_H
#define RELAYTRAP_PINS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "error.h"

/* Below the pins: the guard's links, one for each interface; its lock is that of all that guards. */
#define GUARD_LINKS "guard_links"

/* A directory being filled under another name; it gets its own when it is complete. */
struct pin_stage {
	char path[PATH_MAX];  /* fill this one */
	char final[PATH_MAX]; /* what it will be called */
	pid_t guardian;       /* removes `path` if this process dies before pins_commit() */
	int alive;            /* pipe that tells the guardian so */
};

/* Whether a complete set of pins is there, in a folder of root's alone. */
bool pins_exist(const char *pin_dir);

/* A number that another set of pins in the same place will not have; 0 = there is none. */
unsigned long long pins_identity(const char *pin_dir);

/* Begins a stage. @pin_dir must not exist; the caller has its pins_lock(). -1 with the reason in @error. */
int pins_stage(struct pin_stage *stage, const char *pin_dir, struct error *error);

/* Gives the stage its name. On error nothing of it is left. */
int pins_commit(struct pin_stage *stage, struct error *error);

/* Removes the stage. */
void pins_abandon(struct pin_stage *stage);

/*
 * Holds @pin_dir for one daemon, until the returned descriptor is closed; -1 with the reason in
 * @error when there is none or another process holds it.
 */
int pins_hold(const char *pin_dir, struct error *error);

/* Whether a daemon holds it now; waits for one that is just starting. */
bool pins_are_held(const char *pin_dir);

/* Whether what is there is an instance, of whatever version; -1 with the reason in @error. */
int pins_check(const char *pin_dir, struct error *error);

/*
 * Removes all pins, an unfinished stage too; the caller has its pins_lock(). 1 = removed, 0 = there was nothing,
 * -1 = error.
 */
int pins_remove(const char *pin_dir, struct error *error);

/* Removes @path with what is in it, and follows no link. Not to find it is no error; else -1 with errno set. */
int pins_tree_remove(const char *path);

#endif
