/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's metrics: the ledger among the pins, and the file made of it. */
#ifndef RELAYTRAP_METRICS_H
#define RELAYTRAP_METRICS_H

#include "events.h"
#include "watch.h"

struct metrics;

/*
 * To be called after each look of @watch, with the events of that look: adds up, and writes the file if the
 * settings name a folder for it. @metrics points to NULL at first. When that begins to fail, or is well
 * again, adds an event to @told. Nothing that fails here ends the watch.
 */
void metrics_take(struct metrics **metrics, const struct watch *watch, const struct events *events,
		  struct events *told);

/* NULL is allowed. */
void metrics_free(struct metrics *metrics);

#endif
