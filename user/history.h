/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a service did lately, from its counters: sums over two windows (as long as an upstream can
 * count as a distinct one), and how its set of upstreams grew. Constant memory. Pure.
 */
#ifndef RELAYTRAP_HISTORY_H
#define RELAYTRAP_HISTORY_H

#include <stdbool.h>

#include "evidence.h"

#define HISTORY_BUCKETS 32
#define HISTORY_ROUNDS 40
#define HISTORY_CREDITS 4

struct history_sums {
	__u64 counters[RT_COUNTERS];
	__u64 upstreams; /* outgoing TCP connections that are neither hops nor look-backs */
	__u64 in_step;   /* those of them that came right after an accepted connection of their own */
};

struct history_bucket {
	__u64 number; /* time / length of a bucket */
	struct history_sums sums;
};

/* Accepted connections that no outgoing one has followed yet, of one second. */
struct history_credit {
	__u64 second;
	__u64 accepts;
};

/* Some successive outgoing connections, however long they took. */
struct history_round {
	__u64 upstreams;
	__u64 grown; /* by so much the set of upstreams grew */
};

struct history {
	bool started;
	bool known; /* the set is evidence.known_fan_out */
	__u64 time;
	__u64 window;
	__u64 set;     /* size of the set of upstreams */
	__u64 surplus; /* growth that no connection has been seen for: its counter was read just before */
	__u64 counters[RT_COUNTERS];
	struct history_bucket buckets[HISTORY_BUCKETS];
	struct history_credit credits[HISTORY_CREDITS];
	struct history_round rounds[HISTORY_ROUNDS]; /* a ring */
	unsigned int newest;                         /* index of the round that is being filled */
};

/*
 * Takes in what happened since the call before; at the first one that is what happened since birth, if
 * that was within two windows, else nothing. A counter that went down has restarted from 0. A clock
 * that went back, or another window, empties the history first. False if the clock went back.
 */
bool history_add(struct history *history, const struct evidence *evidence, __u64 window);

/* Sums over the last two windows. */
void history_sum(const struct history *history, struct history_sums *sums);

/*
 * The latest rounds that hold @upstreams outgoing connections or, if there were fewer, all rounds:
 * their sum. ~0 for all.
 */
void history_recent(const struct history *history, __u64 upstreams, struct history_round *recent);

/* @a + @b, the greatest number if 64 bits are too few; @a - @b, 0 if @b is greater. */
static inline __u64 added(__u64 a, __u64 b)
{
	return a + b < a ? ~0ULL : a + b;
}

static inline __u64 less(__u64 a, __u64 b)
{
	return a > b ? a - b : 0;
}

#endif
