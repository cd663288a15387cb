/* SPDX-License-Identifier: GPL-2.0 */
/* One look after the other at what the kernel side has counted. */
#ifndef RELAYTRAP_WATCH_H
#define RELAYTRAP_WATCH_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"
#include "kernel.h"
#include "settings.h"
#include "snapshot.h"
#include "view.h"

struct watch {
	struct kernel *kernel;
	struct procfs_cache *cache;
	struct snapshot snapshot;
	struct view view; /* the latest */
	bool joined;      /* it is another process's kernel side */
};

/*
 * Joins the instance pinned in the settings' pin_dir. When there is none: loads one for this
 * process alone with @or_load, else says so in @error. What fails leaves nothing to close.
 */
int watch_open(struct watch *watch, const struct settings *settings, bool or_load, struct error *error);

/* Takes a snapshot and builds the view of it. After a failure only watch_close() may follow. */
int watch_take(struct watch *watch, struct error *error);

/* Room for the time of a view as people read it. */
#define WATCH_TIME_SIZE 32
void watch_time(char text[WATCH_TIME_SIZE], const struct watch *watch);

/* Writes the latest view as a table, as wide as the terminal behind @stream if there is one. */
int watch_print(const struct watch *watch, FILE *stream, struct error *error);

void watch_close(struct watch *watch);

#endif
