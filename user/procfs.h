/* SPDX-License-Identifier: GPL-2.0 */
/* Facts about processes that only /proc and the user database know. */
#ifndef RELAYTRAP_PROCFS_H
#define RELAYTRAP_PROCFS_H

#include "error.h"
#include "snapshot.h"
#include "view.h"

/* Remembers from one snapshot to the next, so that each costs only what is new. */
struct procfs_cache;

/* NULL for want of memory. */
struct procfs_cache *procfs_cache_new(void);
void procfs_cache_free(struct procfs_cache *cache);

/*
 * The facts of each process of @snapshot, in the same order, good until the next call with this
 * @cache; NULL for want of memory. A process that has exited keeps the facts known before, if any, and its
 * uid's name. One that is there but cannot be read is counted in the snapshot as LOST_UNREADABLE_PROCESSES.
 */
const struct process_facts *procfs_read(struct procfs_cache *cache, struct snapshot *snapshot,
					struct error *error);

#endif
