// SPDX-License-Identifier: GPL-2.0
/* Services that come, go, and come back, in an engine that has room for a few. */
#include "scenario.h"

#define MINUTE (60 * NS_PER_S)

/* What was known of the service before, VERDICT_QUIET if nothing; -1 if there is no room. */
static int judge_one(struct engine *engine, __u32 slot, __u64 birth, __u64 time)
{
	struct evidence evidence = {.slot = slot, .birth = birth, .time = time, .open = 1};
	struct thresholds thresholds;
	struct judgement judgement;
	struct error error;

	thresholds_default(&thresholds);
	if (engine_judge(engine, &evidence, &thresholds, &judgement, &error)) {
		assert_contains(error.text, "more than 3 services");
		return -1;
	}
	assert_int_equal(judgement.verdict, VERDICT_PROBED);
	return judgement.before;
}

static void places_are_bounded(void **state)
{
	struct engine *engine = engine_new(3);

	(void)state;
	assert_non_null(engine);
	judge_one(engine, 1, 0, 60);
	judge_one(engine, 2, 0, 50);
	judge_one(engine, 3, 0, 100);
	/* The second makes room, then the first; then all are of now. */
	assert_int_equal(judge_one(engine, 4, 0, 100), VERDICT_QUIET);
	assert_int_equal(engine_count(engine), 3);
	assert_int_equal(judge_one(engine, 2, 0, 100), VERDICT_QUIET);
	assert_int_equal(judge_one(engine, 3, 0, 100), VERDICT_PROBED);
	assert_int_equal(judge_one(engine, 1, 0, 100), -1);
	assert_int_equal(judge_one(engine, 1, 0, 101), VERDICT_QUIET);
	engine_sweep(engine, 100 * MINUTE);
	assert_int_equal(engine_count(engine), 0);
	engine_free(engine);
	engine_free(NULL);
}

/* With one place there is one chain: slot and birth alone tell services apart. */
static void a_slot_is_reused(void **state)
{
	struct engine *engine = engine_new(1);

	(void)state;
	assert_non_null(engine);
	assert_int_equal(judge_one(engine, 1, 7, 50), VERDICT_QUIET);
	assert_int_equal(judge_one(engine, 1, 7, 60), VERDICT_PROBED);
	assert_int_equal(judge_one(engine, 1, 8, 70), VERDICT_QUIET);
	assert_int_equal(judge_one(engine, 1, 7, 80), VERDICT_QUIET);
	engine_free(engine);
}

/* It vanishes and comes back: first in time to be remembered, then too late, then as another. */
static void services_come_back(void **state)
{
	struct scenario *s = *state;

	scenario_run(s, scenario_relay_each_second, 60);
	s->evidence.time += 3 * MINUTE;
	engine_sweep(s->engine, s->evidence.time);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	s->evidence.time += 100 * MINUTE;
	engine_sweep(s->engine, s->evidence.time);
	assert_int_equal(engine_count(s->engine), 0);
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
	scenario_run(s, scenario_relay_each_second, 60);
	assert_int_equal(s->judgement.verdict, VERDICT_RELAYING);
	s->evidence.birth = s->evidence.time;
	memset(s->evidence.counters, 0, sizeof(s->evidence.counters));
	memset(s->last_seen, 0, sizeof(s->last_seen));
	scenario_look(s);
	assert_int_equal(s->judgement.verdict, VERDICT_QUIET);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_bounded),
		cmocka_unit_test(a_slot_is_reused),
		cmocka_unit_test_setup_teardown(services_come_back, scenario_setup, scenario_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
