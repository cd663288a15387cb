/* SPDX-License-Identifier: GPL-2.0 */
/* A service that lives by the second, counted as the kernel side would, and judged at every look. */
#ifndef RELAYTRAP_TESTS_SCENARIO_H
#define RELAYTRAP_TESTS_SCENARIO_H

#include "engine.h"
#include "units.h"

#include "common.h"

#define SCENARIO_IDS 65536
/* The service starts an hour after the machine. */
#define SCENARIO_BIRTH (3600 * NS_PER_S)

struct scenario {
	struct evidence evidence;
	struct thresholds thresholds;
	struct engine *engine;
	struct judgement judgement;
	enum verdict highest;
	__u64 interval;
	/* Epoch, from 1, in which each upstream was last connected to. */
	unsigned int last_seen[SCENARIO_IDS];
	unsigned int ids;         /* all in use are less */
	unsigned int private_ids; /* upstreams less than this are on a private network */
	bool mail;
	unsigned long long random;
	/* Times, 0 = not yet. */
	__u64 relaying_at;
	__u64 wide_at;
	__u64 wide_fan_out; /* what wide_at waits for */
};

static inline struct scenario *scenario_new(void)
{
	struct scenario *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	thresholds_default(&s->thresholds);
	s->engine = engine_new(4);
	assert_non_null(s->engine);
	s->interval = NS_PER_S;
	s->wide_fan_out = 25;
	s->random = 88172645463325252ULL;
	s->evidence.slot = 1;
	s->evidence.birth = s->evidence.time = SCENARIO_BIRTH;
	s->evidence.private_fan_out = s->evidence.known_fan_out = EVIDENCE_UNKNOWN;
	return s;
}

static inline void scenario_free(struct scenario *s)
{
	engine_free(s->engine);
	free(s);
}

/* From 0 to @below - 1, the same in every run. */
static inline unsigned int scenario_random(struct scenario *s, unsigned int below)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (s->random >> 16) % below;
}

static inline void scenario_accept(struct scenario *s, unsigned int count, bool stays)
{
	s->evidence.counters[RT_ACCEPTS] += count;
	s->evidence.open += stays ? count : 0;
	if (s->evidence.clients < 30)
		s->evidence.clients += count;
}

/* An outgoing connection; @both: a process that reads accepted connections reads it. */
static inline void scenario_connect(struct scenario *s, unsigned int id, bool paired, bool both)
{
	__u64 *n = s->evidence.counters;

	assert_true(id < SCENARIO_IDS);
	n[RT_CONNECTS]++;
	n[RT_PAIRED] += paired;
	n[RT_BOTH_SIDES] += both;
	n[RT_MAIL_CONNECTS] += s->mail;
	s->last_seen[id] = s->evidence.time / s->thresholds.window + 1;
	if (s->ids <= id)
		s->ids = id + 1;
}

/* Bytes passed on, and what the client's side has more of, either way. */
static inline void scenario_pass(struct scenario *s, __u64 up, __u64 down, __u64 more_up, __u64 more_down)
{
	__u64 *n = s->evidence.counters;

	n[RT_CLIENT_RECEIVED] += up + more_up;
	n[RT_UPSTREAM_SENT] += up;
	n[RT_CLIENT_SENT] += down + more_down;
	n[RT_UPSTREAM_RECEIVED] += down;
}

static inline void scenario_serve(struct scenario *s, __u64 received, __u64 sent)
{
	s->evidence.counters[RT_CLIENT_RECEIVED] += received;
	s->evidence.counters[RT_CLIENT_SENT] += sent;
}

static inline void scenario_fetch(struct scenario *s, __u64 sent, __u64 received)
{
	s->evidence.counters[RT_UPSTREAM_SENT] += sent;
	s->evidence.counters[RT_UPSTREAM_RECEIVED] += received;
}

static inline void scenario_count(struct scenario *s)
{
	unsigned int epoch = s->evidence.time / s->thresholds.window + 1;
	__u64 fan_out = 0, private = 0;

	for (unsigned int id = 0; id < s->ids; id++) {
		bool counts = s->last_seen[id] && s->last_seen[id] + 1 >= epoch;

		fan_out += counts;
		private += counts && id < s->private_ids;
	}
	s->evidence.fan_out = fan_out;
	s->evidence.mail_fan_out = s->mail ? fan_out : 0;
	if (s->private_ids)
		s->evidence.private_fan_out = private;
}

/* The time goes on by @interval, and the service is looked at. */
static inline void scenario_look(struct scenario *s)
{
	struct error error;

	s->evidence.time += s->interval;
	scenario_count(s);
	assert_int_equal(engine_judge(s->engine, &s->evidence, &s->thresholds, &s->judgement, &error), 0);
	engine_sweep(s->engine, s->evidence.time);
	if (s->judgement.verdict > s->highest)
		s->highest = s->judgement.verdict;
	if (!s->wide_at && s->evidence.fan_out >= s->wide_fan_out)
		s->wide_at = s->evidence.time;
	if (!s->relaying_at && s->judgement.verdict == VERDICT_RELAYING)
		s->relaying_at = s->evidence.time;
}

/* For a test that fails. */
static inline void scenario_print(const struct scenario *s)
{
	const struct findings *f = &s->judgement.findings;

	print_error(
		"verdict %s, highest %s, fan-out %llu, score %d, flow %d, growth %d, in step %u, readers %u, "
		"paired %u\n",
		verdict_name(s->judgement.verdict), verdict_name(s->highest), f->fan_out, f->score, f->flow,
		f->growth, f->in_step, f->readers, f->paired);
}

/* What a service does in its second number @second. */
typedef void scenario_program(struct scenario *s, unsigned int second);

static inline void scenario_run(struct scenario *s, scenario_program *program, unsigned int seconds)
{
	for (unsigned int second = 0; second < seconds; second++) {
		program(s, second);
		scenario_look(s);
	}
}

static inline int scenario_setup(void **state)
{
	*state = scenario_new();
	return 0;
}

static inline int scenario_teardown(void **state)
{
	scenario_free(*state);
	return 0;
}

/* @count connections relayed to as many new upstreams. */
static inline void scenario_relay(struct scenario *s, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 300, 9000, 13, 12);
	}
}

static inline void scenario_relay_each_second(struct scenario *s, unsigned int second)
{
	(void)second;
	scenario_relay(s, 5);
}

#endif
