/* SPDX-License-Identifier: GPL-2.0 */
/* Which records of a snapshot make up which service of a view. Pure. */
#ifndef RELAYTRAP_VIEW_LINKS_H
#define RELAYTRAP_VIEW_LINKS_H

#include <stdbool.h>

#include "error.h"
#include "snapshot.h"

/* A record (its index in the snapshot) that belongs to a service (its index in the view). */
struct link {
	size_t service;
	size_t item;
	bool owner; /* of a process: of an endpoint of the service */
};

/* Sorted by service, then by item. */
struct links {
	struct link *all;
	size_t count;
};

struct view_links {
	size_t service_count;
	struct links services; /* a service and those that were merged into it */
	struct links endpoints;
	struct links processes; /* its members, and the owners of its endpoints */
};

/* Fails only for want of memory, and has then nothing to free. */
int view_links_build(struct view_links *links, const struct snapshot *snapshot, struct error *error);
void view_links_free(struct view_links *links);

/* Takes the links of @service, the first of @links, off them. */
struct links links_take(struct links *links, size_t service);

#endif
