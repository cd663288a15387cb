/* SPDX-License-Identifier: GPL-2.0 */
/* One instance of the kernel side, pinned: joined or taken over where there is one, else made. */
#ifndef RELAYTRAP_INSTANCE_H
#define RELAYTRAP_INSTANCE_H

#include <stdbool.h>

#include "error.h"
#include "kernel.h"
#include "settings.h"

/*
 * For the daemon: holds the settings' pin_dir by *@held, which the caller closes (-1 if it came to nothing), and
 * gives what is pinned there these settings. *@taken: it was there before. On failure *@kernel is NULL.
 */
int instance_begin(struct kernel **kernel, const struct settings *settings, int *held, bool *taken,
		   struct error *error);

/* For a command: joins what is pinned as it is. *@taken and failures as above. */
int instance_join(struct kernel **kernel, const struct settings *settings, bool *taken, struct error *error);

/* Removes all that is pinned in @pin_dir, where no daemon may be active. 1 = removed, 0 = there was nothing, -1. */
int instance_unload(const char *pin_dir, struct error *error);

#endif
