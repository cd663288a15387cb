/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel side as the commands see it. kernel.c alone knows libbpf and the skeleton. */
#ifndef RELAYTRAP_KERNEL_H
#define RELAYTRAP_KERNEL_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"
#include "settings.h"
#include "snapshot.h"

struct kernel;

/*
 * Loads, attaches and seeds. Everything vanishes from the kernel with kernel_close() or the
 * death of this process, unless kernel_pin() was called.
 */
int kernel_load(struct kernel **kernel, const struct settings *settings, struct error *error);

/* Makes what was loaded outlive this process, all of it or nothing, in @pin_dir. */
int kernel_pin(struct kernel *kernel, const char *pin_dir, struct error *error);

/* Whether a complete instance is pinned in @pin_dir. */
bool kernel_is_pinned(const char *pin_dir);

/* Reads what another process has pinned; refuses another layout with the command to run. */
int kernel_join(struct kernel **kernel, const char *pin_dir, struct error *error);

/* Reads all maps once. The caller frees the snapshot. */
int kernel_snapshot(struct kernel *kernel, struct snapshot *snapshot, struct error *error);

/* Releases this process's hold; what is pinned stays. NULL is allowed. */
void kernel_close(struct kernel *kernel);

/* Removes all that is pinned in @pin_dir. 1 = removed, 0 = there was nothing, -1 = error. */
int kernel_unload(const char *pin_dir, struct error *error);

/*
 * Tries each feature that the kernel side needs, prints one line for each to @stream, loads nothing
 * for good. Returns the number of those that are missing.
 */
int kernel_check(const struct settings *settings, FILE *stream);

#endif
