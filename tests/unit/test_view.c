// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before cmocka, whose macro fail() would hide the function. */
#include "view.h"

#include <cmocka.h>

#define MAX 16
#define SECOND 1000000000ULL

/* A snapshot made by hand, with its facts, and the view of it. */
struct made {
	struct snapshot snapshot;
	struct endpoint_record endpoints[MAX];
	struct service_record services[MAX];
	struct process_record processes[MAX];
	struct process_facts facts[MAX];
	struct view view;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->snapshot.now = 100 * SECOND;
	m->snapshot.config.loaded_at = 40 * SECOND;
	m->snapshot.config.window = 300 * SECOND;
	m->snapshot.endpoints = m->endpoints;
	m->snapshot.services = m->services;
	m->snapshot.processes = m->processes;
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct made *m = *state;

	view_free(&m->view);
	free(m);
	return 0;
}

static struct rt_service *service(struct made *m, __u32 slot, __u64 accepts, __u64 connects)
{
	struct service_record *s = &m->services[m->snapshot.service_count++];

	s->slot = slot;
	s->value.since = 50 * SECOND + slot;
	s->value.counters[RT_ACCEPTS] = accepts;
	s->value.counters[RT_CONNECTS] = connects;
	return &s->value;
}

static struct rt_endpoint *endpoint(struct made *m, __u16 port, __u32 slot, __u32 owner)
{
	struct endpoint_record *e = &m->endpoints[m->snapshot.endpoint_count++];

	e->key.port = port;
	e->value.service = slot;
	e->value.listeners = 1;
	e->value.owner.tgid = owner;
	e->value.owner.start = owner * SECOND;
	return &e->value;
}

static struct rt_process *process(struct made *m, __u32 pid, __u32 slot, enum rt_role role, const char *comm)
{
	struct process_record *p = &m->processes[m->snapshot.process_count++];

	p->key.tgid = pid;
	p->key.start = pid * SECOND;
	p->value.service = slot;
	p->value.role = role;
	memcpy(p->value.comm, comm, strnlen(comm, RT_COMM_LEN));
	return &p->value;
}

static void cgroup(struct made *m, const char *path)
{
	snprintf(m->facts[m->snapshot.process_count - 1].cgroup, sizeof(m->facts[0].cgroup), "%s", path);
}

static struct view_service *build(struct made *m, const struct view *previous)
{
	struct error error;

	view_free(&m->view);
	assert_int_equal(view_build(&m->view, &m->snapshot, m->facts, 1000, previous, &error), 0);
	return m->view.services;
}

/* @m some seconds later, in @later. */
static void later_copy(struct made *later, const struct made *m)
{
	*later = *m;
	later->snapshot.now += 2 * SECOND;
	later->snapshot.endpoints = later->endpoints;
	later->snapshot.services = later->services;
	later->snapshot.processes = later->processes;
	memset(&later->view, 0, sizeof(later->view));
}

static void fan_out(struct rt_service *s, unsigned int first, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		s->sketches[0][RT_SKETCH_FAN_OUT].exact[i] = first + i;
}

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

/* Merges are followed, in whatever order the records come, and over more than one link. */
static void merged_services_are_one(void **state)
{
	struct made *m = *state;
	struct view_service *v;
	struct rt_service *s;

	s = service(m, 9, 4, 8);
	s->merged = 5;
	fan_out(s, 11, 10);
	s = service(m, 2, 1, 2);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(one_service),
		TEST(merged_services_are_one),
		TEST(strange_merges_end),
		TEST(most_fan_out_first),
		TEST(most_connects_first),
		TEST(each_service_has_its_own),
		TEST(who_listens_is_shown),
		TEST(owner_with_a_reused_pid),
		TEST(records_without_their_service),
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
