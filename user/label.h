/* SPDX-License-Identifier: GPL-2.0 */
/* What a control group says a process is part of. Pure. */
#ifndef RELAYTRAP_LABEL_H
#define RELAYTRAP_LABEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes to @label (@size bytes) the unit or container that the path @cgroup names:
 * "nginx.service", "docker:0123456789ab", "lxc:web/nginx.service", "user@1000/proxy.service".
 * False, and "" in @label, if it names none that tells more than a log-in session would.
 *
 * As in systemd the first unit below the slices counts: a process can only make groups of its
 * own below it, so it cannot lend itself the name of another unit.
 */
bool label_from_cgroup(char *label, size_t size, const char *cgroup);

#endif
