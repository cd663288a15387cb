/* SPDX-License-Identifier: GPL-2.0 */
/* Gives slots of dead services back, so that a table of fixed size serves for years. */
#ifndef RELAYTRAP_RECLAIM_H
#define RELAYTRAP_RECLAIM_H

#include <stdbool.h>

#include "kernel.h"

/*
 * Whether the endpoint at @index of @snapshot is dead: nobody listens, is connected or acts for
 * it, nothing merged with it, and its counts are older than any window, or it has none. Pure.
 */
bool endpoint_is_dead(const struct snapshot *snapshot, size_t index);

/* Removes the dead endpoints of @snapshot and frees their slots. Returns how many. */
size_t reclaim(struct kernel *kernel, const struct snapshot *snapshot);

#endif
