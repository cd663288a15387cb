/* SPDX-License-Identifier: GPL-2.0 */
/* What the engine does about a service: contain it, spare it, let it go. Pure: it decides, others act. */
#ifndef RELAYTRAP_CONTAIN_H
#define RELAYTRAP_CONTAIN_H

#include <stdbool.h>

#include "settings.h"
#include "view.h"

enum contain_act {
	CONTAIN_NOTHING, /* leave it as it is */
	CONTAIN_START,   /* or again, in the way that the mode now asks for */
	CONTAIN_END,
	CONTAIN_EXEMPT, /* no fuse for it, or, with `exempt` 0, one again */
};

struct contain_decision {
	enum contain_act act;
	struct rt_containment containment; /* to be written, whatever is to be done; without its label */
	char spared[RT_REASON_LEN];        /* why it is not contained though it ought to be; "" = no reason */
};

/*
 * Decides about @service of @view. @kept is what the kernel side holds for its slot, @fuse its fuse or NULL;
 * @self the pid of relaytrap. The decision borrows nothing.
 */
void contain_decide(struct contain_decision *decision, const struct view *view,
		    const struct view_service *service, const struct rt_containment *kept,
		    const struct rt_fuse *fuse, const struct settings *settings, __u32 self);

/*
 * The ports to block for @service: those it listens on where the guard sees what comes in, but not the port of ssh,
 * nor one that a service which is to go on listens on there, too. @unblocked tells of the others; "" = there is none.
 */
void contain_ports(struct ports *ports, char unblocked[RT_REASON_LEN], const struct view *view,
		   const struct view_service *service, const struct settings *settings, __u32 self);

/* Whether @kept is a containment of @service that stands. */
bool contain_stands(const struct rt_containment *kept, const struct view_service *service);

/* What is left of @kept when an operator ends it at @now: the engine lets the service be for a while. */
void contain_release(struct rt_containment *kept, __u64 now);

#endif
