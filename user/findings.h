/* SPDX-License-Identifier: GPL-2.0 */
/* What the evidence on one service shows: figures, signs, and the verdict they carry. Pure. */
#ifndef RELAYTRAP_FINDINGS_H
#define RELAYTRAP_FINDINGS_H

#include <stdbool.h>

#include "evidence.h"
#include "history.h"
#include "thresholds.h"
#include "verdict.h"

/* How the bytes of both sides compare. */
enum byte_flow {
	BYTES_UNKNOWN,
	BYTES_MATCH,    /* as much on one side as on the other */
	BYTES_DOUBTFUL, /* the same, but it may be chance */
	BYTES_FIT,      /* the difference is what TLS, ssh and proxy protocols add to each connection */
	BYTES_STAY,     /* upstreams sent more than clients got */
	BYTES_ORIGIN,   /* upstreams got more than clients sent */
	BYTES_DIFFER,   /* clients sent or got more */
};

/* How the set of upstreams develops. */
enum growth {
	GROWTH_UNKNOWN, /* there is no outgoing connection to tell from */
	GROWTH_GOES_ON, /* new ones come, or it is too early to say that none do */
	GROWTH_SETTLED, /* no new one in whole rounds of the set */
};

struct findings {
	struct history_sums sums; /* of two windows */
	__u64 clients;
	__u64 open;
	__u64 fan_out; /* public ones, and private ones by their weight */
	__u64 private_fan_out;
	__u64 mail_fan_out;
	__u64 udp_fan_out;
	/* Percent; 0 if there is nothing to tell from. */
	unsigned int paired;
	unsigned int in_step;
	unsigned int readers;
	unsigned int hops; /* of accepted connections that go on inside this host */
	unsigned int bytes;
	__u64 bulk;         /* bytes, of the side and the direction that carries most */
	bool bytes_tell;    /* they are more than what protocols may add to a few */
	bool bytes_agree;   /* at this look, by chance or not */
	bool bytes_upwards; /* that is of what clients sent, not of what upstreams sent */
	bool bytes_lag;     /* most clients are still connected: what they were sent is not counted yet */
	bool keeps_step;    /* the shares that pass their thresholds */
	bool linked;
	enum byte_flow flow;
	enum growth growth;
	struct history_round latest; /* what growth was told from */
	int score;
	bool wide; /* as many upstreams as relaying takes */
	enum verdict verdict;
};

/* What earlier looks at the service have shown; all zeros at first. */
struct findings_past {
	bool wide;         /* it was wide, and long enough for a fixed set of upstreams to show itself */
	bool disagreed;    /* its bytes told something, and did not match */
	__u64 agreed_from; /* bulk when they began to match as they do still; 0: they do not */
};

/* Weighs @evidence, which @history has taken in already, in the light of @past. */
void findings_make(struct findings *findings, const struct evidence *evidence, const struct history *history,
		   const struct thresholds *thresholds, const struct findings_past *past);

/* Adds to @past what @findings say of bytes. */
void findings_remember(struct findings_past *past, const struct findings *findings);

#endif
