// SPDX-License-Identifier: GPL-2.0
/* Labels and rates: what a view takes over from the one before. */
#include "made_snapshot.h"

static void label_from_the_readers_group(void **state)
{
	struct made *m = *state;

	service(m, 1, 0, 0);
	endpoint(m, 6515, 1, 10);
	process(m, 10, 0, RT_ROLE_CANDIDATE, "xinetd");
	cgroup(m, "/system.slice/xinetd.service");
	process(m, 11, 1, RT_ROLE_READER, "nc")->connects = 1;
	cgroup(m, "/user.slice/user-0.slice/session-3.scope");
	assert_string_equal(build(m, NULL)->label, "xinetd.service");
	cgroup(m, "/system.slice/relay.service");
	assert_string_equal(build(m, NULL)->label, "relay.service");
}

static void label_from_the_strongest_role(void **state)
{
	struct made *m = *state;

	service(m, 1, 0, 0);
	process(m, 12, 1, RT_ROLE_DESCENDANT, "helper")->connects = 100;
	process(m, 11, 1, RT_ROLE_READER, "second");
	process(m, 10, 1, RT_ROLE_READER, "first");
	process(m, 9, 1, RT_ROLE_READER, "");
	assert_string_equal(build(m, NULL)->label, "first");
}

/* comm has no closing NUL when it is full. */
static void label_of_full_length(void **state)
{
	struct made *m = *state;

	service(m, 1, 0, 0);
	process(m, 10, 1, RT_ROLE_READER, "0123456789abcdef0123");
	process(m, 0x41414141, 1, RT_ROLE_DESCENDANT, "next");
	assert_string_equal(build(m, NULL)->label, "0123456789abcdef");
}

static void label_outlives_the_processes(void **state)
{
	struct made *m = *state, later;

	service(m, 1, 0, 0);
	service(m, 2, 0, 0);
	endpoint(m, 6515, 1, 0);
	endpoint(m, 6516, 2, 0);
	process(m, 10, 1, RT_ROLE_READER, "socat");
	process(m, 11, 2, RT_ROLE_READER, "ncat");
	build(m, NULL);
	later_copy(&later, m);
	later.snapshot.process_count = 0;
	later.services[1].value.since++; /* another service in the same slot */
	build(&later, &m->view);
	assert_string_equal(later.view.services[0].label, "socat");
	assert_string_equal(later.view.services[1].label, "port 6516");
	view_free(&later.view);
}

static void rates(void **state)
{
	struct made *m = *state, later;
	struct view_service *v;

	service(m, 1, 10, 5);
	build(m, NULL);
	later_copy(&later, m);
	later.services[0].value.counters[RT_ACCEPTS] = 14;
	service(&later, 2, 3, 0);
	v = build(&later, &m->view);
	assert_true(fabs(later.view.interval - 2) < 1e-6);
	assert_int_equal(v[0].counters[RT_ACCEPTS] - v[0].before[RT_ACCEPTS], 4);
	assert_int_equal(v[0].counters[RT_CONNECTS] - v[0].before[RT_CONNECTS], 0);
	assert_int_equal(v[1].counters[RT_ACCEPTS] - v[1].before[RT_ACCEPTS], 3);
	view_free(&later.view);
}

/* What two services counted before they became one is not of the last interval. */
static void rates_across_a_merge(void **state)
{
	struct made *m = *state, later;
	struct view_service *v;

	service(m, 1, 10, 0);
	service(m, 2, 1000, 0);
	service(m, 3, 100, 0)->merged = 2;
	build(m, NULL);
	later_copy(&later, m);
	later.services[0].value.counters[RT_ACCEPTS] = 17;
	later.services[1].value.merged = 1;
	v = build(&later, &m->view);
	assert_int_equal(later.view.service_count, 1);
	assert_int_equal(v->counters[RT_ACCEPTS], 1117);
	assert_int_equal(v->before[RT_ACCEPTS], 1110);
	view_free(&later.view);
}

/* A view of an instance loaded later, or counters that went back: no rate below zero. */
static void no_rates_across_a_restart(void **state)
{
	struct made *m = *state, later;

	service(m, 1, 10, 0);
	build(m, NULL);
	later_copy(&later, m);
	later.services[0].value.counters[RT_ACCEPTS] = 4;
	assert_int_equal(build(&later, &m->view)->before[RT_ACCEPTS], 4);
	later.snapshot.config.loaded_at = 101 * SECOND;
	assert_int_equal(build(&later, &m->view)->before[RT_ACCEPTS], 4);
	assert_true(later.view.interval == 0);
	later.snapshot.config.loaded_at = 200 * SECOND;
	build(&later, NULL);
	assert_true(later.view.uptime == 0);
	view_free(&later.view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(label_from_the_readers_group),
		TEST(label_from_the_strongest_role),
		TEST(label_of_full_length),
		TEST(label_outlives_the_processes),
		TEST(rates),
		TEST(rates_across_a_merge),
		TEST(no_rates_across_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
