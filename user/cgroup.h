/* SPDX-License-Identifier: GPL-2.0 */
/* Where this host keeps its cgroup v2 hierarchy. */
#ifndef RELAYTRAP_CGROUP_H
#define RELAYTRAP_CGROUP_H

#include "error.h"

/*
 * Opens the root of the cgroup v2 hierarchy, wherever it is mounted (hybrid hosts have it beside
 * the v1 ones); a part of it, as in a cgroup namespace, will not do. The caller closes the descriptor; -1 with the reason in @error.
 */
int cgroup_open_root(struct error *error);

#endif
