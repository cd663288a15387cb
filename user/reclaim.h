/* SPDX-License-Identifier: GPL-2.0 */
/* Which endpoints nobody will miss. Pure. */
#ifndef RELAYTRAP_RECLAIM_H
#define RELAYTRAP_RECLAIM_H

#include <stdbool.h>

#include "snapshot.h"

/*
 * Whether the endpoint at @index of @snapshot is dead: nobody listens, is connected or acts for
 * it, and its counts are older than any window, or it has none. Services that have become one are dead together; the
 * one that they are part of now goes when the others are gone.
 */
bool endpoint_is_dead(const struct snapshot *snapshot, size_t index);

#endif
