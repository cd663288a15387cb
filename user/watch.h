/* SPDX-License-Identifier: GPL-2.0 */
/* One look after the other at what the kernel side has counted. */
#ifndef RELAYTRAP_WATCH_H
#define RELAYTRAP_WATCH_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"
#include "judge.h"
#include "kernel.h"
#include "settings.h"
#include "snapshot.h"
#include "view.h"

struct watch {
	struct kernel *kernel;
	struct procfs_cache *cache;
	struct judge *judge; /* NULL: verdicts are the running daemon's */
	const struct settings *settings;
	struct snapshot snapshot;
	struct view view;            /* the latest */
	struct view previous;        /* the one before: what it holds itself, not what it borrowed */
	bool joined;                 /* it is another process's kernel side */
	unsigned long long instance; /* its pins_identity() */
};

/*
 * Watches @kernel, which it takes over even when it fails, and judges by itself. @settings must outlive
 * the watch, and may change between two looks.
 */
int watch_begin(struct watch *watch, struct kernel *kernel, const struct settings *settings,
		struct error *error);

/*
 * Joins the instance pinned in the settings' pin_dir. When there is none: loads one for this
 * process alone with @or_load, else says so in @error. What fails leaves nothing to close.
 */
int watch_open(struct watch *watch, const struct settings *settings, bool or_load, struct error *error);

/* Takes a snapshot, builds the view of it, and has it judged. After a failure the latest view is what it was, but
 * for what it borrowed: it is to be taken anew, or watch_close() to follow. */
int watch_take(struct watch *watch, struct error *error);

/* How old a daemon's verdict may be, ns; one that looks as seldom as @settings say has more time. */
__u64 watch_fresh(const struct settings *settings);

/* Room for the time of a view as people read it. */
#define WATCH_TIME_SIZE 32
void watch_time(char text[WATCH_TIME_SIZE], const struct watch *watch);

/* Writes the latest view as a table, as wide as the terminal behind @stream if there is one. */
int watch_print(const struct watch *watch, FILE *stream, struct error *error);

void watch_close(struct watch *watch);

#endif
