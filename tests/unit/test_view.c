// SPDX-License-Identifier: GPL-2.0
/* Who and what belongs to which service of a view. */
#include "made_snapshot.h"

static void nothing(void **state)
{
	struct made *m = *state;

	build(m, NULL);
	assert_int_equal(m->view.service_count, 0);
	assert_true(m->view.uptime == 60);
	assert_true(m->view.time == 1100);
	assert_true(m->view.interval == 0);
}

static void one_service(void **state)
{
	struct made *m = *state;
	struct rt_service *s = service(m, 3, 30, 20);
	struct view_service *v;

	fan_out(s, 1, 12);
	s->open = 2;
	m->snapshot.lost[RT_LOST_HOPS] = 5;
	endpoint(m, 6515, 3, 10);
	process(m, 10, 3, RT_ROLE_READER, "microsocks");
	v = build(m, NULL);
	assert_int_equal(m->view.service_count, 1);
	assert_string_equal(v->label, "microsocks");
	assert_string_equal(v->verdict, "unjudged");
	assert_int_equal(v->port_count, 1);
	assert_int_equal(v->ports[0], 6515);
	assert_int_equal(v->listeners, 1);
	assert_int_equal(v->fan_out, 12);
	assert_int_equal(v->open, 2);
	assert_int_equal(v->counters[RT_ACCEPTS], 30);
	assert_int_equal(v->before[RT_ACCEPTS], 30);
	assert_true(fabs(v->since - 1050) < 1e-3);
	assert_int_equal(v->process_count, 1);
	assert_int_equal(v->processes[0].pid, 10);
	assert_int_equal(v->processes[0].start_time, 10 * SECOND);
	assert_ptr_equal(v->processes[0].facts, &m->facts[0]);
	assert_int_equal(m->view.lost[RT_LOST_HOPS], 5);
}

/* Connections that are carried from one to the other just now may be in neither. */
static void nothing_open_is_never_less_than_that(void **state)
{
	struct made *m = *state;
	struct rt_service *s;

	s = service(m, 2, 1, 2);
	s->open = -2;
	s = service(m, 9, 4, 8);
	s->merged = 2;
	s->open = 1;
	assert_int_equal(build(m, NULL)->open, 0);
}

/* Merges are followed, in whatever order the records come, and over more than one link. */
static void merged_services_are_one(void **state)
{
	struct made *m = *state;
	struct view_service *v;
	struct rt_service *s;

	s = service(m, 9, 4, 8);
	s->merged = 5;
	s->open = 3;
	fan_out(s, 11, 10);
	s = service(m, 2, 1, 2);
	s->open = -2; /* two of the other's three were closed here */
	fan_out(s, 1, 10);
	s = service(m, 5, 2, 4);
	s->merged = 2;
	fan_out(s, 6, 10);
	endpoint(m, 8080, 9, 0);
	endpoint(m, 80, 2, 0);
	endpoint(m, 8080, 5, 0);
	process(m, 30, 5, RT_ROLE_READER, "haproxy");
	v = build(m, NULL);
	assert_int_equal(m->view.service_count, 1);
	assert_int_equal(v->slot, 2);
	assert_int_equal(v->open, 1);
	assert_int_equal(v->counters[RT_ACCEPTS], 7);
	assert_int_equal(v->counters[RT_CONNECTS], 14);
	assert_int_equal(v->fan_out, 20);
	assert_int_equal(v->port_count, 2);
	assert_int_equal(v->ports[0], 80);
	assert_int_equal(v->ports[1], 8080);
	assert_int_equal(v->listeners, 3);
	assert_int_equal(v->process_count, 1);
	assert_string_equal(v->label, "haproxy");
}

/* A long chain, a circle, and targets that are not there. */
static void strange_merges_end(void **state)
{
	struct made *m = *state;

	for (__u32 slot = 1; slot <= 9; slot++)
		service(m, slot, 1, 0)->merged = slot - 1;
	service(m, 20, 1, 0)->merged = 21;
	service(m, 21, 1, 0)->merged = 20;
	service(m, 30, 1, 0)->merged = 29;
	service(m, 40, 1, 0)->merged = 40;
	build(m, NULL);
	assert_int_equal(m->view.service_count, 4);
	assert_int_equal(m->view.services[0].slot, 1);
	assert_int_equal(m->view.services[0].counters[RT_ACCEPTS], 9);
	assert_int_equal(m->view.services[1].slot, 20);
	assert_int_equal(m->view.services[1].counters[RT_ACCEPTS], 2);
}

static void most_fan_out_first(void **state)
{
	struct made *m = *state;
	static const __u32 expected[] = {7, 3, 2, 4};

	service(m, 4, 5, 0);
	service(m, 3, 9, 0);
	fan_out(service(m, 7, 1, 30), 1, 30);
	service(m, 2, 5, 0);
	build(m, NULL);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(m->view.services[i].slot, expected[i]);
}

static void most_connects_first(void **state)
{
	struct made *m = *state;
	struct view_service *v;

	service(m, 1, 0, 0);
	process(m, 10, 1, RT_ROLE_DESCENDANT, "a");
	process(m, 11, 1, RT_ROLE_DESCENDANT, "b")->connects = 5;
	process(m, 12, 1, RT_ROLE_READER, "c");
	process(m, 13, 1, RT_ROLE_DESCENDANT, "d")->accepts = 5;
	v = build(m, NULL);
	assert_int_equal(v->processes[0].pid, 11);
	assert_int_equal(v->processes[1].pid, 13);
	assert_int_equal(v->processes[2].pid, 12);
	assert_int_equal(v->processes[3].pid, 10);
}

static void each_service_has_its_own(void **state)
{
	struct made *m = *state;

	for (__u32 slot = 1; slot <= 3; slot++) {
		service(m, slot, 10 - slot, 0);
		endpoint(m, 6000 + slot, slot, 0);
		endpoint(m, 5000 + slot, slot, 0);
	}
	for (__u32 pid = 10; pid < 16; pid++)
		process(m, pid, pid % 3 + 1, RT_ROLE_READER, "x");
	build(m, NULL);
	for (__u32 i = 0; i < 3; i++) {
		const struct view_service *v = &m->view.services[i];

		assert_int_equal(v->port_count, 2);
		assert_int_equal(v->ports[0], 5001 + i);
		assert_int_equal(v->ports[1], 6001 + i);
		assert_int_equal(v->process_count, 2);
		assert_int_equal(v->processes[0].pid % 3, i);
		assert_int_equal(v->processes[1].pid % 3, i);
	}
}

/* The owner of the endpoint is shown with the service, once; other candidates are not. */
static void who_listens_is_shown(void **state)
{
	struct made *m = *state;
	struct view_service *v;

	service(m, 1, 0, 0);
	endpoint(m, 6515, 1, 10);
	endpoint(m, 6516, 1, 10);
	endpoint(m, 6517, 1, 11);
	process(m, 10, 0, RT_ROLE_CANDIDATE, "master");
	process(m, 11, 1, RT_ROLE_READER, "worker");
	process(m, 12, 0, RT_ROLE_CANDIDATE, "delivery");
	v = build(m, NULL);
	assert_int_equal(v->process_count, 2);
	assert_int_equal(v->processes[0].pid, 11);
	assert_int_equal(v->processes[1].pid, 10);
	assert_string_equal(v->label, "worker");
}

/* Listeners on several addresses of one port add up; the youngest owner counts. */
static void each_port_has_its_listeners(void **state)
{
	struct made *m = *state;
	struct view_service *v;

	service(m, 1, 0, 0);
	endpoint(m, 6515, 1, 10)->listeners = 2;
	endpoint(m, 80, 1, 12)->listeners = 0;
	endpoint(m, 6515, 1, 11)->listeners = 3;
	v = build(m, NULL);
	assert_int_equal(v->port_count, 2);
	assert_int_equal(v->ports[0], 80);
	assert_int_equal(v->port_listeners[0].count, 0);
	assert_int_equal(v->port_listeners[0].started, 12 * SECOND);
	assert_int_equal(v->port_listeners[1].count, 5);
	assert_int_equal(v->port_listeners[1].started, 11 * SECOND);
	assert_int_equal(v->listeners, 5);
}

static void a_verdict_is_taken_over(void **state)
{
	struct made *m = *state;
	struct rt_verdict said = {.birth = 1,
				  .since = 70 * SECOND,
				  .time = 95 * SECOND,
				  .verdict = VERDICT_SUSPECT,
				  .reason_count = 1,
				  .reasons = {"because"}};
	struct view_service *v;

	service(m, 1, 0, 0);
	v = build(m, NULL);
	view_set_verdict(&m->view, v, &said, 5 * SECOND);
	assert_string_equal(v->verdict, "suspect");
	assert_true(fabs(v->since - 1070) < 1e-3);
	assert_true(fabs(v->first_seen - 1050) < 1e-3);
	assert_int_equal(v->judged.reason_count, 1);
	/* One ns too old: it says so, in place of the last reason if there is no room. */
	said.time--;
	view_set_verdict(&m->view, v, &said, 5 * SECOND);
	assert_int_equal(v->judged.reason_count, 2);
	assert_string_equal(v->judged.reasons[1],
			    "not judged again for 5s: is 'relaytrap run' still active?");
	said.reason_count = RT_REASONS;
	view_set_verdict(&m->view, v, &said, 5 * SECOND);
	assert_int_equal(v->judged.reason_count, RT_REASONS);
	assert_non_null(strstr(v->judged.reasons[RT_REASONS - 1], "not judged again"));
	view_set_verdict(&m->view, v, &said, 0);
	assert_null(strstr(v->judged.reasons[RT_REASONS - 1], "not judged again"));
}

/* The map may hold anything. */
static void a_broken_verdict_does_no_harm(void **state)
{
	struct made *m = *state;
	struct rt_verdict said;
	struct view_service *v;

	memset(&said, 0xff, sizeof(said));
	service(m, 1, 0, 0);
	v = build(m, NULL);
	view_set_verdict(&m->view, v, &said, 1);
	assert_string_equal(v->verdict, "quiet");
	assert_int_equal(v->judged.reason_count, RT_REASONS);
	for (int i = 0; i < RT_REASONS; i++)
		assert_true(strlen(v->judged.reasons[i]) < RT_REASON_LEN);
}

/* A reused pid is another process. */
static void owner_with_a_reused_pid(void **state)
{
	struct made *m = *state;

	service(m, 1, 0, 0);
	endpoint(m, 6515, 1, 10)->owner.start++;
	process(m, 10, 0, RT_ROLE_CANDIDATE, "other");
	assert_int_equal(build(m, NULL)->process_count, 0);
}

static void records_without_their_service(void **state)
{
	struct made *m = *state;

	endpoint(m, 6515, 0, 10);
	endpoint(m, 6516, 99, 10);
	process(m, 10, 99, RT_ROLE_READER, "a");
	build(m, NULL);
	assert_int_equal(m->view.service_count, 0);
	service(m, 1, 0, 0);
	assert_int_equal(build(m, NULL)->process_count, 0);
	assert_string_equal(m->view.services[0].label, "no port");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(one_service),
		TEST(nothing_open_is_never_less_than_that),
		TEST(merged_services_are_one),
		TEST(strange_merges_end),
		TEST(most_fan_out_first),
		TEST(most_connects_first),
		TEST(each_service_has_its_own),
		TEST(who_listens_is_shown),
		TEST(each_port_has_its_listeners),
		TEST(a_verdict_is_taken_over),
		TEST(a_broken_verdict_does_no_harm),
		TEST(owner_with_a_reused_pid),
		TEST(records_without_their_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
