// SPDX-License-Identifier: GPL-2.0
#include "findings.h"

#include <string.h>

#include "flow.h"

/* Score: from here on a service can be suspect, and relaying. */
#define SCORE_SUSPECT 2
#define SCORE_RELAYING 3

/* Connections that tell whether the set grew just now. */
#define LATEST 5
/* Rounds without a new upstream after which a set is settled; a large one has more to prove. */
#define SETTLED_ROUNDS 1
#define SETTLED_ROUNDS_LARGE 4
/* Percent of the connections of a relay that go to new upstreams, while these could be a load balancer's. */
#define NEW_SHARE 60

static unsigned int percent(__u64 part, __u64 whole)
{
	if (!whole)
		return 0;
	return part >= whole ? 100 : (unsigned __int128)part * 100 / whole;
}

/* A number of upstreams beyond what load balancers usually have. */
static __u64 large(const struct thresholds *thresholds)
{
	return 2 * thresholds_relaying(thresholds->fan_out);
}

/* Distinct upstreams that are not on a private network, as far as it is known. */
static __u64 public_fan_out(const struct evidence *evidence)
{
	if (evidence->private_fan_out == EVIDENCE_UNKNOWN)
		return evidence->fan_out;
	return less(evidence->fan_out, evidence->private_fan_out);
}

static void measure_sets(struct findings *f, const struct evidence *evidence,
			 const struct thresholds *thresholds)
{
	__u64 public = public_fan_out(evidence);

	f->clients = evidence->clients;
	f->open = evidence->open;
	f->private_fan_out = evidence->fan_out - public;
	f->fan_out = public + (unsigned __int128)f->private_fan_out * thresholds->private_weight / 100;
	/* Which of the mail servers are private is not counted: as many as possible, at best. */
	f->mail_fan_out = evidence->mail_fan_out < public ? evidence->mail_fan_out : public;
	f->udp_fan_out = evidence->udp_fan_out;
}

static void measure_shares(struct findings *f, const struct thresholds *thresholds)
{
	const __u64 *n = f->sums.counters;
	__u64 upstreams = f->sums.upstreams;
	__u64 more = upstreams > n[RT_ACCEPTS] ? upstreams : n[RT_ACCEPTS];

	f->paired = percent(n[RT_PAIRED], n[RT_CONNECTS]);
	f->in_step = percent(f->sums.in_step, more);
	/* What failed, nobody could read. */
	f->readers = percent(n[RT_BOTH_SIDES], less(upstreams, n[RT_CONNECT_FAILURES]));
	f->hops = percent(n[RT_HOPS], n[RT_ACCEPTS]);
	f->keeps_step = f->in_step >= thresholds->step_share;
	/* A process behind a hop reads no accepted connection itself. */
	f->linked = f->readers >= thresholds->reader_share || f->hops >= thresholds->step_share;
}

static void measure_growth(struct findings *f, const struct history *history,
			   const struct thresholds *thresholds)
{
	__u64 rounds = f->fan_out < large(thresholds) ? SETTLED_ROUNDS : SETTLED_ROUNDS_LARGE;
	__u64 whole = f->fan_out > ~0ULL / rounds ? ~0ULL : f->fan_out * rounds;
	struct history_round round;

	history_recent(history, LATEST, &f->latest);
	if (!f->latest.upstreams)
		return;
	history_recent(history, whole, &round);
	f->growth = GROWTH_GOES_ON;
	if (round.upstreams >= LATEST && round.upstreams >= whole && round.grown <= round.upstreams / 100) {
		f->growth = GROWTH_SETTLED;
		f->latest = round;
	}
}

/* So few that they cannot keep step, nor blur the comparison by what each may add. */
static bool has_few_clients(const struct findings *f)
{
	return f->sums.upstreams / 2 >= f->sums.counters[RT_ACCEPTS];
}

/*
 * Sums of two streams that have nothing in common are equal when one overtakes the other. Out of step,
 * bytes are believed that are more than greetings, and have matched from the start or while they doubled.
 */
static void doubt_bytes(struct findings *f, const struct findings_past *past)
{
	bool doubled = past->agreed_from && f->bulk / 2 >= past->agreed_from;

	f->bytes_agree = f->flow == BYTES_MATCH;
	if (f->keeps_step)
		return;
	if (!f->bytes_tell && (f->flow == BYTES_MATCH || f->flow == BYTES_FIT))
		f->flow = BYTES_UNKNOWN;
	else if (f->flow == BYTES_MATCH && !doubled && !(has_few_clients(f) && !past->disagreed))
		f->flow = BYTES_DOUBTFUL;
}

/*
 * Timing and bytes are strong signs, a common reader is a weak one: whoever serves and fetches in one
 * process has it too. Bytes that come from here or end here speak against passing on.
 */
static void score(struct findings *f)
{
	f->score = (f->keeps_step ? 2 : 0) + (f->linked ? 1 : 0);
	if (f->flow == BYTES_MATCH)
		f->score += f->keeps_step || f->linked ? 2 : 1;
	else if (f->flow == BYTES_FIT && has_few_clients(f) && f->linked)
		f->score += 2;
	else if (f->flow == BYTES_ORIGIN || (f->flow == BYTES_STAY && !f->bytes_lag))
		f->score -= 2;
	else if (f->flow == BYTES_DIFFER && !f->bytes_lag)
		f->score -= 1;
}

/* What is said of a service whose fan-out is no matter. */
static enum verdict narrow_verdict(const struct findings *f, const struct thresholds *thresholds)
{
	const __u64 *n = f->sums.counters;

	if (!n[RT_ACCEPTS] && !f->open)
		return VERDICT_QUIET;
	if (!f->sums.upstreams && !f->fan_out && !f->private_fan_out && !n[RT_HOPS])
		return f->udp_fan_out < thresholds->fan_out ? VERDICT_PROBED : VERDICT_FORWARDING;
	if (n[RT_CONNECTS] && f->paired < thresholds->paired_share)
		return VERDICT_QUIET;
	return VERDICT_FORWARDING;
}

/*
 * Whether many upstreams are a relay's, rather than those of a load balancer that has just started: most
 * connections went to new ones, and that did not slacken while it was watched. Too many for a load
 * balancer, and still new ones, will do as well.
 */
static bool relay_like(const struct findings *f, const struct history *history,
		       const struct thresholds *thresholds, bool confirmed)
{
	struct history_round all;
	unsigned int share;

	if (f->fan_out >= large(thresholds))
		return true;
	history_recent(history, ~0ULL, &all);
	share = percent(all.grown, all.upstreams);
	return confirmed && share >= NEW_SHARE &&
	       percent(f->latest.grown, f->latest.upstreams) >= share * 4 / 5;
}

static enum verdict conclude(struct findings *f, const struct history *history,
			     const struct thresholds *thresholds, bool confirmed)
{
	enum verdict narrow = narrow_verdict(f, thresholds);
	__u64 accepts = f->sums.counters[RT_ACCEPTS];
	bool mail = f->mail_fan_out >= thresholds->mail_fan_out;
	bool wide_mail = f->mail_fan_out >= thresholds_relaying(thresholds->mail_fan_out);

	f->wide = wide_mail || f->fan_out >= thresholds_relaying(thresholds->fan_out);
	if (narrow != VERDICT_FORWARDING || f->score < SCORE_SUSPECT || !f->sums.upstreams)
		return narrow;
	if (accepts < thresholds->min_accepts && f->open < thresholds->min_accepts)
		return narrow;
	if (!mail && (f->fan_out < thresholds->fan_out || f->growth == GROWTH_SETTLED))
		return narrow;
	if (f->score < SCORE_RELAYING || !f->wide)
		return VERDICT_SUSPECT;
	return wide_mail || relay_like(f, history, thresholds, confirmed) ? VERDICT_RELAYING
									  : VERDICT_SUSPECT;
}

void findings_make(struct findings *findings, const struct evidence *evidence, const struct history *history,
		   const struct thresholds *thresholds, const struct findings_past *past)
{
	struct findings *f = findings;

	memset(f, 0, sizeof(*f));
	history_sum(history, &f->sums);
	measure_sets(f, evidence, thresholds);
	measure_shares(f, thresholds);
	measure_growth(f, history, thresholds);
	flow_measure(f, thresholds);
	doubt_bytes(f, past);
	score(f);
	f->verdict = conclude(f, history, thresholds, past->wide);
}

void findings_remember(struct findings_past *past, const struct findings *findings)
{
	if (!findings->bytes_tell)
		return;
	if (!findings->bytes_agree) {
		past->disagreed = true;
		past->agreed_from = 0;
	} else if (!past->agreed_from) {
		past->agreed_from = findings->bulk;
	} else if (findings->bulk / 2 >= past->agreed_from) {
		past->agreed_from = 1; /* for as long as it lasts, also when the sums become smaller */
	}
}
