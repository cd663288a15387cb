/* SPDX-License-Identifier: GPL-2.0 */
/* Snapshots made by hand, for the tests of views. */
#ifndef RELAYTRAP_TEST_MADE_SNAPSHOT_H
#define RELAYTRAP_TEST_MADE_SNAPSHOT_H

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

static inline int setup(void **state)
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

static inline int teardown(void **state)
{
	struct made *m = *state;

	view_free(&m->view);
	free(m);
	return 0;
}

static inline struct rt_service *service(struct made *m, __u32 slot, __u64 accepts, __u64 connects)
{
	struct service_record *s = &m->services[m->snapshot.service_count++];

	s->slot = slot;
	s->value.since = 50 * SECOND + slot;
	s->value.counters[RT_ACCEPTS] = accepts;
	s->value.counters[RT_CONNECTS] = connects;
	return &s->value;
}

static inline struct rt_endpoint *endpoint(struct made *m, __u16 port, __u32 slot, __u32 owner)
{
	struct endpoint_record *e = &m->endpoints[m->snapshot.endpoint_count++];

	e->key.port = port;
	e->value.service = slot;
	e->value.listeners = 1;
	e->value.owner.tgid = owner;
	e->value.owner.start = owner * SECOND;
	return &e->value;
}

static inline struct rt_process *process(struct made *m, __u32 pid, __u32 slot, enum rt_role role,
					 const char *comm)
{
	struct process_record *p = &m->processes[m->snapshot.process_count++];

	p->key.tgid = pid;
	p->key.start = pid * SECOND;
	p->value.service = slot;
	p->value.role = role;
	memcpy(p->value.comm, comm, strnlen(comm, RT_COMM_LEN));
	return &p->value;
}

static inline void cgroup(struct made *m, const char *path)
{
	snprintf(m->facts[m->snapshot.process_count - 1].cgroup, sizeof(m->facts[0].cgroup), "%s", path);
}

static inline struct view_service *build(struct made *m, const struct view *previous)
{
	struct error error;

	view_free(&m->view);
	assert_int_equal(view_build(&m->view, &m->snapshot, m->facts, 1000, previous, &error), 0);
	return m->view.services;
}

/* @m some seconds later, in @later. */
static inline void later_copy(struct made *later, const struct made *m)
{
	*later = *m;
	later->snapshot.now += 2 * SECOND;
	later->snapshot.endpoints = later->endpoints;
	later->snapshot.services = later->services;
	later->snapshot.processes = later->processes;
	memset(&later->view, 0, sizeof(later->view));
}

static inline void fan_out(struct rt_service *s, unsigned int first, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		s->sketches[0][RT_SKETCH_FAN_OUT].exact[i] = first + i;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
