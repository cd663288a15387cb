/* SPDX-License-Identifier: GPL-2.0 */
/* The edits that contain a service and end that, one service at a time. */
#ifndef RELAYTRAP_STOP_H
#define RELAYTRAP_STOP_H

#include "error.h"
#include "kernel.h"
#include "ports.h"
#include "view.h"

/*
 * Refuses what @service sends from now on, then blocks @ports, its own; the cut is enforce.c's. @netns as for
 * kernel_guard_attach().
 */
int stop_contain(struct kernel *kernel, const struct view_service *service,
		 const struct rt_containment *containment, const struct ports *ports, const char *netns,
		 struct error *error);

/* Blocks further @ports of a contained service. */
int stop_block(struct kernel *kernel, const struct view_service *service,
	       const struct rt_containment *containment, const struct ports *ports, const char *netns,
	       struct error *error);

/*
 * Ends that: writes @containment, what is left of it, gives the service a new fuse, and lifts what was blocked
 * for it, on whose word @by says.
 */
int stop_end(struct kernel *kernel, const struct view_service *service,
	     const struct rt_containment *containment, enum rt_lift by, struct error *error);

/* Writes @containment, which says whether the service has a fuse, and makes that whole. */
int stop_exempt(struct kernel *kernel, const struct view_service *service,
		const struct rt_containment *containment, struct error *error);

/* Clears the entry of a slot whose service has become part of another one. */
int stop_forget(struct kernel *kernel, __u32 slot, struct error *error);

/* Adds to the connections that were cut, unless @containment has been ended or replaced meanwhile. */
int stop_count_cut(struct kernel *kernel, struct rt_containment *containment, __u32 slot, __u64 closed,
		   struct error *error);

#endif
