// SPDX-License-Identifier: GPL-2.0
#include "history.h"

#include <string.h>

#include "units.h"

/* The smallest round; larger sets have rounds of an eighth of their size. */
#define ROUND_MIN 5
#define ROUNDS_A_SET 8

static __u64 least(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

static __u64 most(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

static __u64 set_size(const struct evidence *evidence, bool known)
{
	return known ? evidence->known_fan_out : evidence->fan_out;
}

/* Empties the history; what was counted until now is known. */
static void restart(struct history *history, __u64 window)
{
	struct history fresh = {
		.started = true, .known = history->known, .window = window, .set = history->set};

	memcpy(fresh.counters, history->counters, sizeof(fresh.counters));
	*history = fresh;
}

static void start(struct history *history, const struct evidence *evidence, __u64 window)
{
	bool young = evidence->birth <= evidence->time && evidence->time - evidence->birth <= 2 * window;

	memset(history, 0, sizeof(*history));
	history->known = evidence->known_fan_out != EVIDENCE_UNKNOWN;
	if (!young) {
		history->set = set_size(evidence, history->known);
		memcpy(history->counters, evidence->counters, sizeof(history->counters));
	}
	restart(history, window);
}

/* The bucket of the present; an old one is emptied for it. */
static struct history_sums *current_bucket(struct history *history)
{
	__u64 length = most(2 * history->window / HISTORY_BUCKETS, 1);
	__u64 number = history->time / length;
	struct history_bucket *bucket = &history->buckets[number % HISTORY_BUCKETS];

	if (bucket->number != number) {
		memset(bucket, 0, sizeof(*bucket));
		bucket->number = number;
	}
	return &bucket->sums;
}

/* By how much the set has grown. What left the window is no matter, nor another way of counting. */
static __u64 take_growth(struct history *history, const struct evidence *evidence)
{
	bool known = evidence->known_fan_out != EVIDENCE_UNKNOWN;
	__u64 set = set_size(evidence, known);
	__u64 grown = known == history->known ? less(set, history->set) : 0;

	history->known = known;
	history->set = set;
	return grown;
}

/* Each of @accepts may be followed by one outgoing connection within about three seconds. */
static __u64 take_in_step(struct history *history, __u64 accepts, __u64 upstreams)
{
	__u64 second = history->time / NS_PER_S, in_step = 0;
	struct history_credit *latest = &history->credits[second % HISTORY_CREDITS];

	if (latest->second != second)
		latest->accepts = 0;
	latest->second = second;
	latest->accepts = added(latest->accepts, accepts);
	/* Oldest first: the slot after the latest. */
	for (__u64 i = 1; i <= HISTORY_CREDITS; i++) {
		struct history_credit *credit = &history->credits[(second + i) % HISTORY_CREDITS];
		__u64 used;

		if (credit->second + HISTORY_CREDITS <= second)
			credit->accepts = 0;
		used = least(credit->accepts, upstreams - in_step);
		credit->accepts -= used;
		in_step += used;
	}
	return in_step;
}

static void add_round(struct history *history, __u64 upstreams, __u64 grown)
{
	struct history_round *round = &history->rounds[history->newest];

	if (!upstreams && !grown)
		return;
	if (round->upstreams >= most(ROUND_MIN, history->set / ROUNDS_A_SET)) {
		history->newest = (history->newest + 1) % HISTORY_ROUNDS;
		round = &history->rounds[history->newest];
		memset(round, 0, sizeof(*round));
	}
	round->upstreams = added(round->upstreams, upstreams);
	round->grown = added(round->grown, grown);
}

bool history_add(struct history *history, const struct evidence *evidence, __u64 window)
{
	bool back = history->started && evidence->time < history->time;
	__u64 deltas[RT_COUNTERS], upstreams, grown, in_step;
	struct history_sums *sums;

	if (!history->started)
		start(history, evidence, window);
	else if (back || window != history->window)
		restart(history, window);
	history->time = evidence->time;
	for (int i = 0; i < RT_COUNTERS; i++) {
		__u64 now = evidence->counters[i], before = history->counters[i];

		deltas[i] = now >= before ? now - before : now;
		history->counters[i] = now;
	}
	grown = take_growth(history, evidence);
	upstreams = less(deltas[RT_LOOK_BACKS], deltas[RT_UDP_LOOK_BACKS]);
	upstreams = less(deltas[RT_CONNECTS], added(deltas[RT_HOPS], upstreams));
	/* Counters are not read all at the same time; new ones at least are certain. */
	upstreams = most(upstreams, least(grown, deltas[RT_CONNECTS]));
	in_step = take_in_step(history, deltas[RT_ACCEPTS], upstreams);
	add_round(history, upstreams, least(added(grown, history->surplus), upstreams));
	history->surplus = less(grown, upstreams);
	sums = current_bucket(history);
	for (int i = 0; i < RT_COUNTERS; i++)
		sums->counters[i] = added(sums->counters[i], deltas[i]);
	sums->upstreams = added(sums->upstreams, upstreams);
	sums->in_step = added(sums->in_step, in_step);
	return !back;
}

void history_sum(const struct history *history, struct history_sums *sums)
{
	__u64 length = most(2 * history->window / HISTORY_BUCKETS, 1);
	__u64 number = history->time / length;

	memset(sums, 0, sizeof(*sums));
	for (int i = 0; i < HISTORY_BUCKETS; i++) {
		const struct history_bucket *bucket = &history->buckets[i];

		if (bucket->number + HISTORY_BUCKETS <= number)
			continue;
		for (int j = 0; j < RT_COUNTERS; j++)
			sums->counters[j] = added(sums->counters[j], bucket->sums.counters[j]);
		sums->upstreams = added(sums->upstreams, bucket->sums.upstreams);
		sums->in_step = added(sums->in_step, bucket->sums.in_step);
	}
}

void history_recent(const struct history *history, __u64 upstreams, struct history_round *recent)
{
	memset(recent, 0, sizeof(*recent));
	for (unsigned int i = 0; i < HISTORY_ROUNDS && recent->upstreams < upstreams; i++) {
		const struct history_round *round =
			&history->rounds[(history->newest + HISTORY_ROUNDS - i) % HISTORY_ROUNDS];

		recent->upstreams = added(recent->upstreams, round->upstreams);
		recent->grown = added(recent->grown, round->grown);
	}
}
