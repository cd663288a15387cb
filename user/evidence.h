/* SPDX-License-Identifier: GPL-2.0 */
/* What the engine is told of one service at one time. Plain figures: no address, no name. */
#ifndef RELAYTRAP_EVIDENCE_H
#define RELAYTRAP_EVIDENCE_H

#include "relaytrap.h"

/* Stands in an optional field when nobody counted it. */
#define EVIDENCE_UNKNOWN (~0ULL)

struct evidence {
	__u32 slot;  /* slot and birth name the service: they stay the same as long as it is the same */
	__u64 birth; /* boot clock, ns: counting began */
	__u64 time;  /* boot clock, ns: the snapshot's */
	__u64 counters[RT_COUNTERS];
	/* Distinct, within the window: */
	__u64 clients;
	__u64 fan_out;
	__u64 mail_fan_out;
	__u64 udp_fan_out;
	__u64 private_fan_out; /* optional: those of fan_out on a private network */
	__u64 known_fan_out;   /* optional: upstreams, distinct since birth */
	__u64 open;            /* accepted connections that are open */
};

#endif
