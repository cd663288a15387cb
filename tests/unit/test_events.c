// SPDX-License-Identifier: GPL-2.0
/* What happened between two views. */
#include "made_snapshot.h"

#include "events.h"

#define MINUTE (60 * SECOND)

static void judge_as(struct made *m, __u32 slot, enum verdict verdict)
{
	for (size_t i = 0; i < m->view.service_count; i++) {
		struct view_service *v = &m->view.services[i];
		struct rt_verdict said = {
			.birth = v->birth, .since = m->view.now, .time = m->view.now, .verdict = verdict};

		if (v->slot == slot)
			view_set_verdict(&m->view, v, &said, 0);
	}
}

/* Two views to compare, the second two seconds after the first. */
struct pair {
	struct made *before;
	struct made now;
	struct event_memory memory;
	struct events events;
};

static void compare(struct pair *p)
{
	events_between(&p->events, &p->memory, &p->before->view, &p->now.view);
}

static void expect_kinds(const struct pair *p, size_t count, const enum event_kind *kinds)
{
	assert_int_equal(p->events.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(p->events.all[i].kind, kinds[i]);
}

#define EXPECT(pair, ...)                                                                      \
	expect_kinds(pair, sizeof((enum event_kind[]){__VA_ARGS__}) / sizeof(enum event_kind), \
		     (enum event_kind[]){__VA_ARGS__})
#define EXPECT_NONE(pair) assert_int_equal((pair)->events.count, 0)

/* One service in slot 3 that listens on 6515; the same two seconds later. */
static struct pair *new_pair(struct made *m)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	service(m, 3, 0, 0);
	endpoint(m, 6515, 3, 10);
	build(m, NULL);
	p->before = m;
	later_copy(&p->now, m);
	return p;
}

static void free_pair(struct pair *p)
{
	view_free(&p->now.view);
	free(p);
}

static void nothing_happens(void **state)
{
	struct pair *p = new_pair(*state);

	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

static void verdicts_change(void **state)
{
	struct pair *p = new_pair(*state);

	judge_as(p->before, 3, VERDICT_FORWARDING);
	service(&p->now, 4, 0, 0);
	service(&p->now, 5, 0, 0);
	build(&p->now, &p->before->view);
	judge_as(&p->now, 3, VERDICT_RELAYING);
	judge_as(&p->now, 4, VERDICT_PROBED);
	judge_as(&p->now, 5, VERDICT_QUIET);
	view_sort(&p->now.view);
	compare(p);
	EXPECT(p, EVENT_VERDICT, EVENT_VERDICT);
	assert_int_equal(p->events.all[0].service->slot, 3);
	assert_int_equal(p->events.all[0].before, VERDICT_FORWARDING);
	assert_true(p->events.all[0].time == p->now.view.time);
	assert_true(event_is_warning(&p->events.all[0]));
	assert_int_equal(p->events.all[1].service->slot, 4);
	assert_int_equal(p->events.all[1].before, VERDICT_QUIET);
	assert_false(event_is_warning(&p->events.all[1]));
	free_pair(p);
}

static void a_file_of_metrics_fails_and_recovers(void **state)
{
	struct events events = {0};

	(void)state;
	events_add(&events, EVENT_METRICS_FAILED, 1, "no room");
	events_add(&events, EVENT_METRICS_AGAIN, 2, "well again");
	assert_string_equal(event_name(events.all[0].kind), "metrics_failed");
	assert_true(event_is_warning(&events.all[0]));
	assert_string_equal(event_name(events.all[1].kind), "metrics_again");
	assert_false(event_is_warning(&events.all[1]));
}

static void unjudged_is_no_change(void **state)
{
	struct pair *p = new_pair(*state);

	judge_as(p->before, 3, VERDICT_RELAYING);
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

/* The same slot with another birth is another service. */
static void slots_are_used_again(void **state)
{
	struct pair *p = new_pair(*state);

	judge_as(p->before, 3, VERDICT_RELAYING);
	p->now.services[0].value.since++;
	build(&p->now, &p->before->view);
	judge_as(&p->now, 3, VERDICT_RELAYING);
	compare(p);
	EXPECT(p, EVENT_VERDICT);
	assert_int_equal(p->events.all[0].before, VERDICT_QUIET);
	free_pair(p);
}

static void the_first_view_tells_what_calls_for_action(void **state)
{
	struct pair *p = new_pair(*state);

	service(&p->now, 4, 0, 0);
	build(&p->now, NULL);
	judge_as(&p->now, 3, VERDICT_SUSPECT);
	judge_as(&p->now, 4, VERDICT_FORWARDING);
	events_between(&p->events, &p->memory, NULL, &p->now.view);
	EXPECT(p, EVENT_VERDICT);
	assert_int_equal(p->events.all[0].service->slot, 3);
	/* So does the first of another instance. */
	judge_as(p->before, 3, VERDICT_SUSPECT);
	p->now.view.instance++;
	compare(p);
	EXPECT(p, EVENT_VERDICT);
	assert_int_equal(p->events.all[0].service->slot, 3);
	free_pair(p);
}

static void listeners_come_and_come_back(void **state)
{
	struct pair *p = new_pair(*state);

	p->before->endpoints[0].value.listeners = 0;
	build(p->before, NULL);
	service(&p->now, 4, 0, 0);
	endpoint(&p->now, 80, 4, 0);
	endpoint(&p->now, 443, 4, 0)->listeners = 0;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT(p, EVENT_LISTENER_BACK, EVENT_LISTENER);
	assert_int_equal(p->events.all[0].port, 6515);
	assert_int_equal(p->events.all[0].service->slot, 3);
	assert_int_equal(p->events.all[1].port, 80);
	/* Gone is no event. */
	p->before->endpoints[0].value.listeners = 1;
	build(p->before, NULL);
	p->now.snapshot.endpoint_count = 1;
	p->now.endpoints[0].value.listeners = 0;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

/* Started again between two looks: another process listens. One that forks children does not count. */
static void a_quick_return_shows_by_its_process(void **state)
{
	struct pair *p = new_pair(*state);

	p->now.endpoints[0].value.owner.start += SECOND;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT(p, EVENT_LISTENER_BACK);
	p->now.endpoints[0].value.owner.start -= 2 * SECOND;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	p->now.endpoints[0].value.owner.start = 0;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	p->before->endpoints[0].value.owner.start = 0;
	build(p->before, NULL);
	p->now.endpoints[0].value.owner.start = SECOND;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

/* What has become part of another service listened before. */
static void a_merged_service_is_no_new_listener(void **state)
{
	struct pair *p = new_pair(*state);

	service(p->before, 2, 0, 0);
	endpoint(p->before, 80, 2, 0);
	build(p->before, NULL);
	service(&p->now, 2, 0, 0);
	endpoint(&p->now, 80, 2, 0);
	p->now.services[0].value.merged = 2;
	build(&p->now, &p->before->view);
	assert_int_equal(p->now.view.service_count, 1);
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

static void losses_are_summed_up(void **state)
{
	struct pair *p = new_pair(*state);

	p->now.snapshot.lost[RT_LOST_HOPS] = 5;
	p->now.snapshot.lost[LOST_UNREADABLE_PROCESSES] = 2;
	build(&p->now, &p->before->view);
	compare(p);
	EXPECT(p, EVENT_LOST);
	assert_int_equal(p->events.all[0].lost[RT_LOST_HOPS], 5);
	assert_int_equal(p->events.all[0].lost[LOST_UNREADABLE_PROCESSES], 2);
	compare(p);
	EXPECT_NONE(p);
	/* Too soon, then due; what has gone down is counted from there. */
	p->now.view.lost[RT_LOST_HOPS] = 8;
	p->now.view.lost[LOST_UNREADABLE_PROCESSES] = 0;
	p->now.view.now += EVENTS_TOLD_EVERY - 1;
	compare(p);
	EXPECT_NONE(p);
	p->now.view.lost[RT_LOST_HOPS] = 9;
	p->now.view.lost[LOST_UNREADABLE_PROCESSES] = 1;
	p->now.view.now++;
	compare(p);
	EXPECT(p, EVENT_LOST);
	assert_int_equal(p->events.all[0].lost[RT_LOST_HOPS], 4);
	assert_int_equal(p->events.all[0].lost[LOST_UNREADABLE_PROCESSES], 1);
	free_pair(p);
}

/* A listener that comes back at each look is told so often, then counted. */
static void a_flood_is_kept_short(void **state)
{
	struct pair *p = new_pair(*state);
	__u64 told = 0, left_out = 0, lines = 0;

	p->before->endpoints[0].value.listeners = 0;
	build(p->before, NULL);
	build(&p->now, &p->before->view);
	for (int i = 0; i < 6000; i++) {
		compare(p);
		p->now.view.now += SECOND / 10;
		lines += p->events.count;
		for (size_t j = 0; j < p->events.count; j++) {
			told += p->events.all[j].kind == EVENT_LISTENER_BACK;
			left_out += p->events.all[j].count;
			assert_true(p->events.all[j].kind == EVENT_LISTENER_BACK ||
				    p->events.all[j].left_out == EVENT_LISTENER);
		}
	}
	/* In ten minutes: at once, one a second, and the rest six times a minute. */
	assert_in_range(told, EVENTS_AT_ONCE + 598, EVENTS_AT_ONCE + 601);
	assert_in_range(lines - told, 58, 61);
	assert_in_range(told + left_out, 5900, 6000);
	free_pair(p);
}

static void a_pause_fills_the_budget(void **state)
{
	struct pair *p = new_pair(*state);

	p->before->endpoints[0].value.listeners = 0;
	build(p->before, NULL);
	build(&p->now, &p->before->view);
	for (int i = 0; i < 2 * EVENTS_AT_ONCE; i++)
		compare(p);
	EXPECT_NONE(p);
	p->now.view.now += MINUTE;
	for (int i = 0; i < EVENTS_AT_ONCE; i++) {
		compare(p);
		assert_int_equal(p->events.all[0].kind, EVENT_LISTENER_BACK);
	}
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

/* Changes of verdicts have a budget of their own: listeners cannot use it up. */
static void listeners_do_not_silence_verdicts(void **state)
{
	struct pair *p = new_pair(*state);

	p->before->endpoints[0].value.listeners = 0;
	build(p->before, NULL);
	build(&p->now, &p->before->view);
	for (int i = 0; i < 2 * EVENTS_AT_ONCE; i++)
		compare(p);
	judge_as(&p->now, 3, VERDICT_RELAYING);
	compare(p);
	EXPECT(p, EVENT_VERDICT);
	free_pair(p);
}

static void verdicts_grow_old(void **state)
{
	struct pair *p = new_pair(*state);

	p->memory.fresh = 5 * SECOND;
	judge_as(p->before, 3, VERDICT_PROBED);
	build(&p->now, &p->before->view);
	judge_as(&p->now, 3, VERDICT_PROBED);
	p->now.view.services[0].judged.time = p->now.view.now - 5 * SECOND;
	compare(p);
	EXPECT_NONE(p);
	p->now.view.services[0].judged.time--;
	compare(p);
	EXPECT(p, EVENT_NOT_JUDGED);
	p->before->view.services[0].judged.time = p->before->view.now - 6 * SECOND;
	compare(p);
	EXPECT_NONE(p);
	p->now.view.services[0].judged.time = p->now.view.now;
	compare(p);
	EXPECT(p, EVENT_JUDGED_AGAIN);
	p->memory.fresh = 0;
	compare(p);
	EXPECT_NONE(p);
	free_pair(p);
}

static void a_list_has_an_end(void **state)
{
	struct events events = {0};

	(void)state;
	for (int i = 0; i < 2 * EVENTS_MAX; i++)
		events_add(&events, EVENT_STOPPED, i, "text");
	assert_int_equal(events.count, EVENTS_MAX);
	assert_true(events.all[EVENTS_MAX - 1].time == EVENTS_MAX - 1);
}

static void each_kind_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KINDS; i++) {
		assert_non_null(event_name(i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(event_name(i), event_name(j));
	}
	assert_string_equal(event_name(EVENT_KINDS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_happens),
		TEST(verdicts_change),
		TEST(a_file_of_metrics_fails_and_recovers),
		TEST(unjudged_is_no_change),
		TEST(slots_are_used_again),
		TEST(the_first_view_tells_what_calls_for_action),
		TEST(listeners_come_and_come_back),
		TEST(a_quick_return_shows_by_its_process),
		TEST(a_merged_service_is_no_new_listener),
		TEST(losses_are_summed_up),
		TEST(a_flood_is_kept_short),
		TEST(a_pause_fills_the_budget),
		TEST(listeners_do_not_silence_verdicts),
		TEST(verdicts_grow_old),
		TEST(a_list_has_an_end),
		TEST(each_kind_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
