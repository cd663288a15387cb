// SPDX-License-Identifier: GPL-2.0
/* Recordings made by a service that lives here, judged again. */
#include "replay.h"

#include "scenario.h"

#define EVENTS 64

struct seen {
	struct replay *replay;
	unsigned int count;
	struct {
		unsigned long line;
		enum replay_side side;
		enum verdict before, verdict, recorded;
		unsigned int port;
		__u64 fan_out_threshold;
		char label[RECORDING_LABEL];
	} events[EVENTS];
};

static void remember(void *context, const struct replay_event *event)
{
	struct seen *seen = context;

	assert_in_range(seen->count, 0, EVENTS - 1);
	seen->events[seen->count].line = event->line;
	seen->events[seen->count].side = event->side;
	seen->events[seen->count].before = event->judgement->before;
	seen->events[seen->count].verdict = event->judgement->verdict;
	seen->events[seen->count].recorded = event->recorded;
	seen->events[seen->count].port = event->port;
	seen->events[seen->count].fan_out_threshold = event->thresholds->fan_out;
	snprintf(seen->events[seen->count].label, RECORDING_LABEL, "%s", event->label);
	seen->count++;
}

static int setup(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	assert_non_null(seen);
	seen->replay = replay_new(remember, seen);
	assert_non_null(seen->replay);
	*state = seen;
	return 0;
}

static int teardown(void **state)
{
	struct seen *seen = *state;

	replay_free(seen->replay);
	free(seen);
	return 0;
}

static int feed_text(struct seen *seen, const char *text, struct error *error)
{
	return replay_line(seen->replay, text, strcspn(text, "\n"), error);
}

static void feed(struct seen *seen, const char *text)
{
	struct error error;

	if (feed_text(seen, text, &error))
		fail_msg("%s", error.text);
}

static void feed_start(struct seen *seen, const struct scenario *s)
{
	char line[RECORDING_LINE];

	recording_write_header(line, &s->thresholds);
	feed(seen, line);
	recording_write_service(line, s->evidence.slot, s->evidence.birth, 6515, "agent.service");
	feed(seen, line);
}

/* One upstream a second; returns the verdict that was given when it was recorded. */
static void feed_relay(struct seen *seen, struct scenario *s, unsigned int seconds)
{
	char line[RECORDING_LINE];

	for (unsigned int i = 0; i < seconds; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 300, 9000, 13, 12);
		scenario_look(s);
		recording_write_evidence(line, &s->evidence);
		feed(seen, line);
	}
}

static unsigned long line_of(const struct seen *seen, enum replay_side side, enum verdict verdict)
{
	for (unsigned int i = 0; i < seen->count; i++)
		if (seen->events[i].side == side && seen->events[i].verdict == verdict)
			return seen->events[i].line;
	return 0;
}

static void unchanged_sides_agree(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;
	struct replay_summary summary;

	feed_start(seen, s);
	feed_relay(seen, s, 40);
	assert_int_equal(seen->count, 6);
	for (int side = 0; side < REPLAY_SIDES; side++) {
		assert_int_equal(line_of(seen, side, VERDICT_FORWARDING), 3);
		assert_int_equal(line_of(seen, side, VERDICT_SUSPECT), 2 + 20);
		assert_int_equal(line_of(seen, side, VERDICT_RELAYING), 2 + 26);
	}
	assert_string_equal(seen->events[0].label, "agent.service");
	assert_int_equal(seen->events[0].port, 6515);
	assert_int_equal(seen->events[0].before, VERDICT_QUIET);
	replay_summarize(seen->replay, &summary);
	assert_int_equal(summary.lines, 42);
	assert_int_equal(summary.judged, 40);
	assert_int_equal(summary.differing, 0);
	assert_int_equal(summary.entered[REPLAY_RECORDED][VERDICT_RELAYING], 1);
	assert_int_equal(summary.entered[REPLAY_CHANGED][VERDICT_RELAYING], 1);
	scenario_free(s);
}

static void changed_thresholds_change_the_verdict(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;
	struct replay_summary summary;
	struct error error;

	assert_int_equal(replay_set(seen->replay, "fan_out", "8", &error), 0);
	feed_start(seen, s);
	feed_relay(seen, s, 40);
	assert_int_equal(line_of(seen, REPLAY_RECORDED, VERDICT_RELAYING), 2 + 26);
	assert_int_equal(line_of(seen, REPLAY_CHANGED, VERDICT_SUSPECT), 2 + 8);
	assert_int_equal(line_of(seen, REPLAY_CHANGED, VERDICT_RELAYING), 2 + 11);
	for (unsigned int i = 0; i < seen->count; i++)
		assert_int_equal(seen->events[i].fan_out_threshold,
				 seen->events[i].side == REPLAY_CHANGED ? 8 : 20);
	assert_int_equal(seen->events[3].recorded, VERDICT_FORWARDING);
	replay_summarize(seen->replay, &summary);
	/* From the 8th to the one before the 20th suspect against forwarding, then relaying against suspect. */
	assert_int_equal(summary.differing, 12 + 6);
	scenario_free(s);
}

/* What is not changed is the recording's, not the default. */
static void other_thresholds_stay(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;
	struct error error;

	assert_int_equal(replay_set(seen->replay, "hold", "1m", &error), 0);
	s->thresholds.fan_out = 30;
	feed_start(seen, s);
	feed_relay(seen, s, 40);
	assert_int_equal(line_of(seen, REPLAY_RECORDED, VERDICT_SUSPECT), 2 + 30);
	assert_int_equal(line_of(seen, REPLAY_CHANGED, VERDICT_SUSPECT), 2 + 30);
	scenario_free(s);
}

/* Thresholds of one service hold for it alone, and the change holds for all. */
static void services_have_their_own_thresholds(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;
	struct thresholds own;
	char line[RECORDING_LINE];
	struct error error;

	assert_int_equal(replay_set(seen->replay, "fan_out", "8", &error), 0);
	feed_start(seen, s);
	thresholds_default(&own);
	own.fan_out = 500;
	recording_write_thresholds(line, s->evidence.slot, s->evidence.birth, &own);
	feed(seen, line);
	/* Introduced again, it keeps them. */
	recording_write_service(line, s->evidence.slot, s->evidence.birth, 6516, "agent.service");
	feed(seen, line);
	feed_relay(seen, s, 40);
	assert_int_equal(line_of(seen, REPLAY_RECORDED, VERDICT_SUSPECT), 0);
	assert_int_equal(line_of(seen, REPLAY_CHANGED, VERDICT_RELAYING), 4 + 11);
	assert_int_equal(seen->events[0].port, 6516);
	/* A service that comes after it in the same place has the header's. */
	s->evidence.birth = s->evidence.time;
	memset(s->evidence.counters, 0, sizeof(s->evidence.counters));
	memset(s->last_seen, 0, sizeof(s->last_seen));
	s->ids = 0;
	recording_write_service(line, s->evidence.slot, s->evidence.birth, 6515, "agent.service");
	feed(seen, line);
	feed_relay(seen, s, 40);
	assert_int_equal(line_of(seen, REPLAY_RECORDED, VERDICT_RELAYING), 4 + 40 + 1 + 26);
	scenario_free(s);
}

static void refuse(struct seen *seen, const char *text, const char *reason)
{
	struct error error;

	assert_int_equal(feed_text(seen, text, &error), -1);
	assert_contains(error.text, reason);
}

static void bad_input_is_refused(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;
	struct evidence stranger = s->evidence;
	char line[RECORDING_LINE];
	struct error error;

	assert_int_equal(replay_set(seen->replay, "window", "1h", &error), -1);
	assert_contains(error.text, "window cannot be changed");
	assert_int_equal(replay_set(seen->replay, "hold", "1", &error), -1);
	assert_contains(error.text, "hold: \"1\" lacks a unit");
	feed_start(seen, s);
	refuse(seen, "nonsense", "line 3: no kind of line");
	stranger.birth++;
	recording_write_evidence(line, &stranger);
	refuse(seen, line, "line 4: no line before it says which service 1 3600000000001 is");
	stranger.slot++;
	recording_write_evidence(line, &stranger);
	refuse(seen, line, "line 5: no line before it says which service 2 3600000000001 is");
	recording_write_thresholds(line, 2, 7, &s->thresholds);
	refuse(seen, line, "line 6: no line before it says which service 2 7 is");
	scenario_free(s);
}

static void a_callback_is_not_needed(void **state)
{
	struct scenario *s = scenario_new();
	struct seen *seen = *state;

	replay_free(seen->replay);
	seen->replay = replay_new(NULL, NULL);
	assert_non_null(seen->replay);
	feed_start(seen, s);
	feed_relay(seen, s, 40);
	assert_int_equal(seen->count, 0);
	scenario_free(s);
	replay_free(NULL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(unchanged_sides_agree), TEST(changed_thresholds_change_the_verdict),
		TEST(other_thresholds_stay), TEST(services_have_their_own_thresholds),
		TEST(bad_input_is_refused),  TEST(a_callback_is_not_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
