// SPDX-License-Identifier: GPL-2.0
/* What holds of the engine for any input, shown with random input. */
#include "scenario.h"

static int setup(void **state)
{
	*state = scenario_new();
	return 0;
}

static int teardown(void **state)
{
	scenario_free(*state);
	return 0;
}

/* Judges @evidence as the first thing known of a service, with no time to watch it. */
static enum verdict first_look(const struct evidence *evidence, const struct thresholds *thresholds)
{
	struct engine *engine = engine_new(1);
	struct judgement judgement;
	struct error error;

	assert_non_null(engine);
	assert_int_equal(engine_judge(engine, evidence, thresholds, &judgement, &error), 0);
	engine_free(engine);
	return judgement.verdict;
}

static void random_evidence(struct scenario *s, struct evidence *evidence)
{
	memset(evidence, 0, sizeof(*evidence));
	evidence->time = NS_PER_S;
	evidence->private_fan_out = evidence->known_fan_out = EVIDENCE_UNKNOWN;
	for (int i = 0; i < RT_COUNTERS; i++)
		evidence->counters[i] = scenario_random(s, 1 << scenario_random(s, 20));
	evidence->counters[RT_CONNECTS] += evidence->counters[RT_HOPS] + evidence->counters[RT_LOOK_BACKS];
	evidence->fan_out = scenario_random(s, 1 + evidence->counters[RT_CONNECTS]) % 200;
	evidence->mail_fan_out = scenario_random(s, 1 + evidence->fan_out);
	evidence->open = scenario_random(s, 5);
}

/* More of what speaks for a relay never lowers the verdict. */
static void verdict_grows_with_the_evidence(void **state)
{
	struct scenario *s = *state;
	unsigned int seen[VERDICTS] = {0};

	for (int i = 0; i < 20000; i++) {
		struct evidence less_of_it, more;
		enum verdict verdict;

		random_evidence(s, &less_of_it);
		verdict = first_look(&less_of_it, &s->thresholds);
		seen[verdict]++;
		more = less_of_it;
		more.mail_fan_out += (more.fan_out - more.mail_fan_out) / 2;
		assert_true(first_look(&more, &s->thresholds) >= verdict);
		more = less_of_it;
		more.counters[RT_PAIRED] = more.counters[RT_CONNECTS];
		assert_true(first_look(&more, &s->thresholds) >= verdict);
		more = less_of_it;
		more.counters[RT_BOTH_SIDES] = more.counters[RT_CONNECTS];
		assert_true(first_look(&more, &s->thresholds) >= verdict);
		more = less_of_it;
		more.fan_out =
			more.counters[RT_CONNECTS] - more.counters[RT_HOPS] - more.counters[RT_LOOK_BACKS];
		if (more.fan_out >= less_of_it.fan_out)
			assert_true(first_look(&more, &s->thresholds) >= verdict);
	}
	for (int i = 0; i <= VERDICT_RELAYING; i++)
		assert_int_not_equal(seen[i], 0);
}

/* Whatever comes in, what comes out can be believed. */
static void anything_is_survived(void **state)
{
	struct scenario *s = *state;

	for (int i = 0; i < 200000; i++) {
		struct evidence *e = &s->evidence;
		struct error error;

		for (int j = 0; j < RT_COUNTERS; j++)
			e->counters[j] = ((__u64)scenario_random(s, ~0U) << 32 | scenario_random(s, ~0U)) >>
					 scenario_random(s, 64);
		e->time = ((__u64)scenario_random(s, ~0U) << 32 | scenario_random(s, ~0U)) >>
			  scenario_random(s, 64);
		e->fan_out = ~0ULL >> scenario_random(s, 64);
		e->mail_fan_out = ~0ULL >> scenario_random(s, 64);
		e->private_fan_out = ~0ULL >> scenario_random(s, 64);
		e->known_fan_out = ~0ULL >> scenario_random(s, 64);
		e->open = ~0ULL >> scenario_random(s, 64);
		assert_int_equal(engine_judge(s->engine, e, &s->thresholds, &s->judgement, &error), 0);
		assert_true(s->judgement.verdict <= VERDICT_RELAYING);
		assert_true(s->judgement.since <= e->time);
		assert_true(s->judgement.confirmed <= e->time);
		assert_true(s->judgement.findings.paired <= 100 && s->judgement.findings.bytes <= 100);
	}
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(verdict_grows_with_the_evidence),
		TEST(anything_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
