// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include "reclaim.h"
#include "units.h"

#define WINDOW (300 * NS_PER_S)
#define SINCE (1000 * NS_PER_S)

/* Two endpoints on slots 1 and 2, long idle, with a process that serves neither. */
struct fixture {
	struct endpoint_record endpoints[2];
	struct service_record services[2];
	struct process_record processes[1];
	struct snapshot snapshot;
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	for (__u32 i = 0; i < 2; i++) {
		f->endpoints[i].value.service = i + 1;
		f->services[i].slot = i + 1;
		f->services[i].value.since = SINCE;
		f->services[i].value.counters[RT_ACCEPTS] = 5;
		f->services[i].value.last_accept = SINCE + NS_PER_S;
		f->services[i].value.last_close = SINCE + 2 * NS_PER_S;
	}
	f->processes[0].value.service = 9;
	f->snapshot.config.window = WINDOW;
	f->snapshot.now = SINCE + 3 * WINDOW;
	f->snapshot.endpoints = f->endpoints;
	f->snapshot.endpoint_count = 2;
	f->snapshot.services = f->services;
	f->snapshot.service_count = 2;
	f->snapshot.processes = f->processes;
	f->snapshot.process_count = 1;
}

static void dead_when_long_idle(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_true(endpoint_is_dead(&f.snapshot, 0));
	assert_true(endpoint_is_dead(&f.snapshot, 1));
}

static void alive_while_somebody_listens_or_is_connected(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.endpoints[0].value.listeners = 1;
	f.services[1].value.open = 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	assert_false(endpoint_is_dead(&f.snapshot, 1));
}

static void alive_while_it_has_a_member(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.processes[0].value.service = 2;
	assert_true(endpoint_is_dead(&f.snapshot, 0));
	assert_false(endpoint_is_dead(&f.snapshot, 1));
	f.processes[0].value.service = 0;
	f.processes[0].value.listens = 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
}

static void kept_while_it_is_contained(void **state)
{
	struct rt_containment kept[3] = {0};
	struct fixture f;

	(void)state;
	set_up(&f);
	f.snapshot.config.max_services = 2;
	f.snapshot.containments = kept;
	assert_true(endpoint_is_dead(&f.snapshot, 0));
	kept[f.endpoints[0].value.service].since = SINCE;
	assert_true(endpoint_is_dead(&f.snapshot, 0)); /* another service was, in the same slot */
	kept[f.endpoints[0].value.service].birth = f.services[0].value.since;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
}

static void services_that_became_one_die_together(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.services[1].value.merged = 1;
	f.endpoints[0].value.listeners = 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	assert_false(endpoint_is_dead(&f.snapshot, 1));
	f.endpoints[0].value.listeners = 0;
	f.services[1].value.open = 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	assert_false(endpoint_is_dead(&f.snapshot, 1));
}

static void a_part_goes_before_the_whole(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.services[1].value.merged = 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	assert_true(endpoint_is_dead(&f.snapshot, 1));
	f.snapshot.endpoint_count = f.snapshot.service_count = 1;
	assert_true(endpoint_is_dead(&f.snapshot, 0));
}

static void counts_are_kept_for_two_windows(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.snapshot.now = f.services[0].value.last_close + 2 * WINDOW;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	f.snapshot.now++;
	assert_true(endpoint_is_dead(&f.snapshot, 0));
}

static void a_listener_that_never_accepted_goes_soon(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	memset(f.services[0].value.counters, 0, sizeof(f.services[0].value.counters));
	f.snapshot.now = SINCE + 2 * NS_PER_S;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
	f.snapshot.now++;
	assert_true(endpoint_is_dead(&f.snapshot, 0));
}

static void a_service_younger_than_the_snapshot_stays(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.snapshot.now = SINCE - 1;
	assert_false(endpoint_is_dead(&f.snapshot, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dead_when_long_idle),
		cmocka_unit_test(alive_while_somebody_listens_or_is_connected),
		cmocka_unit_test(alive_while_it_has_a_member),
		cmocka_unit_test(services_that_became_one_die_together),
		cmocka_unit_test(a_part_goes_before_the_whole),
		cmocka_unit_test(kept_while_it_is_contained),
		cmocka_unit_test(counts_are_kept_for_two_windows),
		cmocka_unit_test(a_listener_that_never_accepted_goes_soon),
		cmocka_unit_test(a_service_younger_than_the_snapshot_stays),
	};

	return cmocka_run_group_tests_name("reclaim", tests, NULL, NULL);
}
