// SPDX-License-Identifier: GPL-2.0
/* Verdicts over time: hold and decay, clocks and counters that jump, a day. */
#include "scenario.h"

#define MINUTE (60 * NS_PER_S)

static void forward_each_second(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < 5; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, (second + i) % 2, true, true);
		scenario_pass(s, 300, 9000, 0, 0);
	}
}

static void idle(struct scenario *s, unsigned int second)
{
	(void)s;
	(void)second;
}

static void each_step_is_reached(void **state)
{
	struct scenario *s = *state;

	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
	assert_false(s->judgement.changed);
	scenario_accept(s, 1, false);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_PROBED);
	assert_true(s->judgement.changed);
	assert_int_equal(s->judgement.before, VERDICT_QUIET);
	scenario_relay(s, 19);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_FORWARDING);
	scenario_relay(s, 1);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_SUSPECT);
	scenario_relay(s, 4);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_SUSPECT);
	scenario_run(s, idle, 100);
	assert_int_equal(s->judgement.verdict, VERDICT_SUSPECT);
	scenario_relay(s, 1);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_SUSPECT);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	assert_int_equal(s->judgement.since, s->evidence.time);
	assert_int_equal(s->judgement.before, VERDICT_SUSPECT);
}

static void visit(struct scenario *s, unsigned int upstreams, unsigned int connections)
{
	for (unsigned int i = 0; i < connections; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, i % upstreams, true, true);
		scenario_pass(s, 300, 9000, 13, 12);
	}
	scenario_look(s);
}

/* A round of its own list tells of a load balancer; of a large set, four rounds. */
static void sets_settle(void **state)
{
	struct scenario *s = *state;

	visit(s, 49, 49);
	assert_int_equal(s->judgement.findings.growth, GROWTH_GOES_ON);
	visit(s, 49, 49);
	assert_int_equal(s->judgement.verdict, VERDICT_SUSPECT);
	assert_true(s->judgement.held);
	visit(s, 60, 60);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	for (int round = 0; round < 3; round++) {
		visit(s, 60, 60);
		assert_false(s->judgement.held);
	}
	visit(s, 60, 60);
	assert_true(s->judgement.held);
}

/* One step each hold after the evidence has left the window, at exactly these times. */
static void verdict_decays_step_by_step(void **state)
{
	struct scenario *s = *state;
	enum verdict verdict = VERDICT_RELAYING;
	__u64 confirmed, steps = 0;

	scenario_run(s, scenario_relay_each_second, 60);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	while (!s->judgement.held)
		scenario_look(s);
	confirmed = s->judgement.confirmed;
	assert_true(s->evidence.time - confirmed <= NS_PER_S);
	assert_true(s->judgement.findings.fan_out >= 25);
	assert_int_equal(s->judgement.findings.verdict, VERDICT_RELAYING);
	for (unsigned int second = 0; second < 1800; second++) {
		scenario_look(s);
		if (!s->judgement.changed)
			continue;
		steps++;
		assert_int_equal(s->judgement.verdict, --verdict);
		assert_int_equal(s->judgement.since, confirmed + steps * s->thresholds.hold);
	}
	assert_int_equal(verdict, VERDICT_QUIET);
	assert_int_equal(steps, VERDICT_RELAYING);
}

static void without_hold_it_falls_at_once(void **state)
{
	struct scenario *s = *state;

	s->thresholds.hold = 0;
	scenario_run(s, scenario_relay_each_second, 60);
	scenario_run(s, idle, 600);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
	assert_false(s->judgement.held);
}

/* Fan-out that goes to and fro around the threshold. */
static void verdicts_do_not_flap(void **state)
{
	struct scenario *s = *state;
	unsigned int changes = 0;

	for (unsigned int second = 0; second < 3600; second++) {
		if (second % 12 == 0)
			scenario_relay(s, 1);
		scenario_look(s);
		changes += s->judgement.changed;
	}
	assert_in_range(changes, 1, 6);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
}

static void long_gaps_decay_as_if_looked_at(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, scenario_relay_each_second, 60);
	s->evidence.time += 40 * MINUTE;
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
	assert_true(s->judgement.since < s->evidence.time);
}

static void clock_steps_back(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, scenario_relay_each_second, 60);
	s->evidence.time -= 50 * NS_PER_S;
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	assert_true(s->judgement.since <= s->evidence.time);
	assert_true(s->judgement.confirmed <= s->evidence.time);
	scenario_run(s, scenario_relay_each_second, 30);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	assert_false(s->judgement.held);
}

static void clock_goes_back_before_birth(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, forward_each_second, 60);
	s->evidence.time = 5 * NS_PER_S;
	memset(s->last_seen, 0, sizeof(s->last_seen));
	scenario_run(s, forward_each_second, 60);
	assert_int_equal(s->highest, VERDICT_FORWARDING);
	assert_int_equal(s->judgement.findings.sums.upstreams, 60 * 5);
}

/* What was counted before is not counted again. */
static void counters_restart(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, forward_each_second, 60);
	memset(s->evidence.counters, 0, sizeof(s->evidence.counters));
	scenario_run(s, forward_each_second, 60);
	assert_int_equal(s->highest, VERDICT_FORWARDING);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 600);
	assert_int_equal(s->judgement.findings.sums.upstreams, 600);
}

/* Counters of days ago say nothing of now; nor does a fan-out whose connections were not seen. */
static void old_counters_are_no_news(void **state)
{
	struct scenario *s = *state;

	s->evidence.time += 24 * 3600 * NS_PER_S;
	for (int i = 0; i < RT_COUNTERS; i++)
		s->evidence.counters[i] = 1000000 + i;
	scenario_relay(s, 100);
	scenario_look(s);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 0);
	assert_true(s->judgement.verdict < VERDICT_SUSPECT);
	scenario_relay(s, 10);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
}

static void young_counters_count(void **state)
{
	struct scenario *s = *state;

	s->evidence.time += 2 * s->thresholds.window - s->interval;
	scenario_relay(s, 60);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
}

static void window_forgets(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, forward_each_second, 100);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 500);
	scenario_run(s, idle, 400);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 500);
	s->thresholds.hold = 0;
	scenario_run(s, idle, 220);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 0);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
}

static void another_window_begins_anew(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, forward_each_second, 1000);
	s->thresholds.window = 60 * NS_PER_S;
	scenario_run(s, forward_each_second, 10);
	assert_int_equal(s->judgement.findings.sums.counters[RT_ACCEPTS], 50);
}

static void min_accepts_is_kept(void **state)
{
	struct scenario *s = *state;

	s->thresholds.min_accepts = 200;
	scenario_run(s, scenario_relay_each_second, 39);
	assert_int_equal(s->judgement.verdict, VERDICT_FORWARDING);
	scenario_run(s, scenario_relay_each_second, 1);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
}

static void unpaired_is_no_forwarding(void **state)
{
	struct scenario *s = *state;

	scenario_accept(s, 1, false);
	for (unsigned int id = 0; id < 100; id++)
		scenario_connect(s, id, id % 3 == 0, true);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
}

/* However often it is looked at, half a second must pass. */
static void confirmation_takes_its_time(void **state)
{
	struct scenario *s = *state;

	s->interval = 100 * NS_PER_MS;
	scenario_relay(s, 30);
	scenario_run(s, idle, 20);
	assert_int_equal(s->relaying_at, s->wide_at + NS_PER_S / 2);
}

/*
 * A day: a reverse proxy with quiet hours and bursts, whose processes restart (the counters too), on a
 * machine whose clock steps. From ten to twenty past, it relays.
 */
static void a_day(void **state)
{
	struct scenario *s = *state;
	unsigned int changes = 0;

	for (unsigned int second = 0; second < 86400; second++) {
		unsigned int hour = second / 3600, rest = second % 3600;

		if (hour == 10 && rest < 1200)
			scenario_relay(s, 2);
		else if (hour >= 7 && rest % 900 < 600)
			forward_each_second(s, second);
		else if (rest % 600 == 0)
			for (unsigned int i = 0; i < 100; i++)
				forward_each_second(s, i);
		if (hour % 5 == 4 && rest == 100)
			memset(s->evidence.counters, 0, sizeof(s->evidence.counters));
		if (hour % 6 == 2 && rest == 300)
			s->evidence.time -= 250 * NS_PER_S;
		if (hour % 6 == 3 && rest == 300)
			s->evidence.time += 700 * NS_PER_S;
		scenario_look(s);
		changes += s->judgement.changed;
		if (second < 36000)
			assert_true(s->judgement.verdict <= VERDICT_FORWARDING);
		if (second >= 36000 + 30 && second < 36000 + 1200)
			assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
		if (second >= 36000 + 1200 + 1300)
			assert_int_equal(s->judgement.verdict, VERDICT_FORWARDING);
	}
	assert_in_range(changes, 5, 12);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, scenario_setup, scenario_teardown)
	static const struct CMUnitTest tests[] = {
		TEST(each_step_is_reached),
		TEST(sets_settle),
		TEST(verdict_decays_step_by_step),
		TEST(without_hold_it_falls_at_once),
		TEST(verdicts_do_not_flap),
		TEST(long_gaps_decay_as_if_looked_at),
		TEST(clock_steps_back),
		TEST(clock_goes_back_before_birth),
		TEST(counters_restart),
		TEST(old_counters_are_no_news),
		TEST(young_counters_count),
		TEST(window_forgets),
		TEST(another_window_begins_anew),
		TEST(min_accepts_is_kept),
		TEST(unpaired_is_no_forwarding),
		TEST(confirmation_takes_its_time),
		TEST(a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
