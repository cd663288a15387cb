// SPDX-License-Identifier: GPL-2.0
/* What the history makes of counters, look by look. */
#include "history.h"
#include "units.h"

#include "common.h"

#define WINDOW (300 * NS_PER_S)

struct made {
	struct history history;
	struct history_sums sums;
	struct evidence evidence;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->evidence.time = m->evidence.birth = 10000 * NS_PER_S;
	m->evidence.private_fan_out = m->evidence.known_fan_out = EVIDENCE_UNKNOWN;
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static bool look(struct made *m, unsigned int seconds)
{
	bool forward;

	m->evidence.time += seconds * NS_PER_S;
	forward = history_add(&m->history, &m->evidence, WINDOW);
	history_sum(&m->history, &m->sums);
	return forward;
}

static void count(struct made *m, enum rt_counter counter, __u64 amount)
{
	m->evidence.counters[counter] += amount;
}

static void youth_ends_after_two_windows(void **state)
{
	struct made *m = *state;

	count(m, RT_ACCEPTS, 7);
	look(m, 600);
	assert_int_equal(m->sums.counters[RT_ACCEPTS], 7);
	memset(&m->history, 0, sizeof(m->history));
	look(m, 1);
	assert_int_equal(m->sums.counters[RT_ACCEPTS], 0);
	count(m, RT_ACCEPTS, 2);
	look(m, 1);
	assert_int_equal(m->sums.counters[RT_ACCEPTS], 2);
}

static void accepts_can_be_followed_for_three_seconds(void **state)
{
	struct made *m = *state;

	count(m, RT_ACCEPTS, 5);
	look(m, 1);
	count(m, RT_CONNECTS, 2);
	look(m, 3);
	assert_int_equal(m->sums.in_step, 2);
	count(m, RT_CONNECTS, 2);
	look(m, 2);
	assert_int_equal(m->sums.in_step, 2);
	/* Four seconds apart, where one place serves both. */
	count(m, RT_ACCEPTS, 5);
	look(m, 1);
	count(m, RT_ACCEPTS, 1);
	count(m, RT_CONNECTS, 9);
	look(m, 4);
	assert_int_equal(m->sums.in_step, 3);
	assert_int_equal(m->sums.upstreams, 13);
}

static void a_connection_is_followed_once(void **state)
{
	struct made *m = *state;

	count(m, RT_ACCEPTS, 3);
	count(m, RT_CONNECTS, 2);
	look(m, 1);
	count(m, RT_CONNECTS, 2);
	look(m, 1);
	assert_int_equal(m->sums.in_step, 3);
}

static void hops_and_look_backs_are_no_upstreams(void **state)
{
	struct made *m = *state;

	count(m, RT_CONNECTS, 10);
	count(m, RT_HOPS, 3);
	count(m, RT_LOOK_BACKS, 2);
	look(m, 1);
	assert_int_equal(m->sums.upstreams, 5);
	/* By UDP no connection is one. */
	count(m, RT_CONNECTS, 10);
	count(m, RT_LOOK_BACKS, 10);
	count(m, RT_UDP_LOOK_BACKS, 7);
	look(m, 1);
	assert_int_equal(m->sums.upstreams, 5 + 7);
	/* What is new is certain, whatever the counters say. */
	count(m, RT_CONNECTS, 10);
	count(m, RT_LOOK_BACKS, 10);
	m->evidence.fan_out = 4;
	look(m, 1);
	assert_int_equal(m->sums.upstreams, 5 + 7 + 4);
}

static void growth_waits_for_its_connection(void **state)
{
	struct made *m = *state;
	struct history_round all;

	look(m, 1);
	m->evidence.fan_out = 3;
	look(m, 1);
	count(m, RT_CONNECTS, 4);
	look(m, 1);
	history_recent(&m->history, ~0ULL, &all);
	assert_int_equal(all.upstreams, 4);
	assert_int_equal(all.grown, 3);
	count(m, RT_CONNECTS, 4);
	look(m, 1);
	history_recent(&m->history, ~0ULL, &all);
	assert_int_equal(all.upstreams, 8);
	assert_int_equal(all.grown, 3);
}

static void another_way_of_counting_is_no_growth(void **state)
{
	struct made *m = *state;
	struct history_round all;

	m->evidence.fan_out = 3;
	count(m, RT_CONNECTS, 3);
	look(m, 1);
	m->evidence.known_fan_out = 70;
	count(m, RT_CONNECTS, 50);
	look(m, 1);
	m->evidence.known_fan_out = 72;
	count(m, RT_CONNECTS, 50);
	look(m, 1);
	history_recent(&m->history, ~0ULL, &all);
	assert_int_equal(all.upstreams, 103);
	assert_int_equal(all.grown, 3 + 2);
}

/* A round is an eighth of the set, and as many are counted as are asked for. */
static void rounds_are_taken_from_the_latest(void **state)
{
	struct made *m = *state;
	struct history_round latest;

	m->evidence.fan_out = 80;
	count(m, RT_CONNECTS, 80);
	look(m, 1);
	for (int i = 0; i < 60; i++) {
		count(m, RT_CONNECTS, 5);
		look(m, 1);
	}
	history_recent(&m->history, 5, &latest);
	assert_int_equal(latest.upstreams, 10);
	history_recent(&m->history, 25, &latest);
	assert_int_equal(latest.upstreams, 30);
	history_recent(&m->history, 301, &latest);
	assert_int_equal(latest.upstreams, 380);
	assert_int_equal(latest.grown, 80);
}

static void clock_that_goes_back_empties_it(void **state)
{
	struct made *m = *state;

	count(m, RT_ACCEPTS, 7);
	assert_true(look(m, 400));
	count(m, RT_ACCEPTS, 2);
	m->evidence.time -= 300 * NS_PER_S;
	assert_false(look(m, 0));
	assert_int_equal(m->sums.counters[RT_ACCEPTS], 2);
	assert_true(look(m, 0));
}

static void sums_end_at_the_greatest_number(void **state)
{
	struct made *m = *state;

	m->evidence.counters[RT_CLIENT_SENT] = ~0ULL - 5;
	look(m, 1);
	m->evidence.counters[RT_CLIENT_SENT] = 10;
	look(m, 1);
	assert_int_equal(m->sums.counters[RT_CLIENT_SENT], ~0ULL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(youth_ends_after_two_windows),     TEST(accepts_can_be_followed_for_three_seconds),
		TEST(a_connection_is_followed_once),    TEST(hops_and_look_backs_are_no_upstreams),
		TEST(growth_waits_for_its_connection),  TEST(another_way_of_counting_is_no_growth),
		TEST(rounds_are_taken_from_the_latest), TEST(clock_that_goes_back_empties_it),
		TEST(sums_end_at_the_greatest_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
