/* SPDX-License-Identifier: GPL-2.0 */
/* The verdicts on a service, and how one is held and decays. Pure. */
#ifndef RELAYTRAP_VERDICT_H
#define RELAYTRAP_VERDICT_H

#include <stdbool.h>

#include "relaytrap.h"

/* In the order of urgency. */
enum verdict {
	VERDICT_QUIET,      /* nothing is accepted, or nothing follows from it */
	VERDICT_PROBED,     /* accepts, no outgoing connection */
	VERDICT_FORWARDING, /* passes on, to few or fixed upstreams, or what it does is not passing on */
	VERDICT_SUSPECT,
	VERDICT_RELAYING,
	VERDICT_CONTAINED, /* relaying, and stopped; never given by the engine itself */
	VERDICTS
};

/* Its name in JSON, metrics and tables; a static string. */
const char *verdict_name(enum verdict verdict);

/* What stands, and for how long; all zeros at first. */
struct verdict_state {
	enum verdict verdict;
	__u64 since;     /* boot clock, ns */
	__u64 confirmed; /* when the evidence last was enough for it */
};

/*
 * Takes over what the evidence says at @now. Upwards at once; downwards one step for each @hold that
 * went by without the evidence for what stands, as if it had been asked all along. True if what
 * stands has changed.
 */
bool verdict_step(struct verdict_state *state, enum verdict found, __u64 now, __u64 hold);

/* The clock has gone back to @now: nothing that stands may be of the future. */
void verdict_rewind(struct verdict_state *state, __u64 now);

#endif
