/* SPDX-License-Identifier: GPL-2.0 */
/* The folder above the pins, which others may be allowed to write in, and a lock there that is root's alone. */
#ifndef RELAYTRAP_PINS_LOCK_H
#define RELAYTRAP_PINS_LOCK_H

#include <stdbool.h>

#include "error.h"

/* Whether @path itself is a folder of root's that nobody else may write in. */
bool pins_own_folder(const char *path);

/* Whether @pin_dir is no place on a bpf file system at all: nothing is pinned there. */
bool pins_are_impossible(const char *pin_dir);

/*
 * Whether pins may stand in @pin_dir: on a bpf file system, where nobody but root can move or replace them, and
 * nothing of anybody else's is there. -1 with the reason in @error.
 */
int pins_check_place(const char *pin_dir, struct error *error);

/* Whether others may make things beside @pin_dir, under the names that it will want. */
bool pins_place_is_shared(const char *pin_dir);

/*
 * Waits until nobody else makes, takes over or removes what is pinned in @pin_dir; that place has been checked
 * then. The descriptor goes to pins_unlock(); -1 with the reason in @error.
 */
int pins_lock(const char *pin_dir, struct error *error);
void pins_unlock(const char *pin_dir, int lock);

#endif
