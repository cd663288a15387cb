// SPDX-License-Identifier: GPL-2.0
/* Events of blocks, drops and interfaces. */
#include "made_snapshot.h"

#include "event_json.h"
#include "event_line.h"
#include "events.h"

/* Two views to compare, of one snapshot that is changed in between. */
struct pair {
	struct made *made;
	struct view before;
	struct event_memory memory;
	struct events events;
	struct block_record blocks[2];
	struct rt_interface interfaces[2];
};

static struct pair *p;

static void look(__u64 later)
{
	struct error error;

	view_free(&p->before);
	p->before = p->made->view;
	p->made->view = (struct view){0};
	p->made->snapshot.now += later;
	assert_int_equal(
		view_build(&p->made->view, &p->made->snapshot, p->made->facts, 1000, &p->before, &error), 0);
	events_between(&p->events, &p->memory, &p->before, &p->made->view);
}

static int begin(void **state)
{
	setup(state);
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	p->made = *state;
	p->made->snapshot.blocks = p->blocks;
	p->made->snapshot.interfaces = p->interfaces;
	p->blocks[0].value = (struct rt_block){.since = 90 * SECOND, .port = 6515};
	p->interfaces[0] = (struct rt_interface){.index = 2, .state = RT_INTERFACE_GENERIC, .name = "eth0"};
	look(0);
	look(SECOND);
	assert_int_equal(p->events.count, 0);
	return 0;
}

static int end(void **state)
{
	view_free(&p->before);
	free(p);
	return teardown(state);
}

static void expect(enum event_kind kind, bool warning, const char *wanted)
{
	char line[EVENT_LINE];

	assert_int_equal(p->events.count, 1);
	assert_int_equal(p->events.all[0].kind, kind);
	assert_int_equal(event_is_warning(&p->events.all[0]), warning);
	event_line(line, &p->events.all[0]);
	assert_string_equal(line, wanted);
}

static void a_block_comes_and_goes(void **state)
{
	(void)state;
	p->made->snapshot.block_count = 1;
	p->blocks[0].value.expires = 90 * SECOND + 3600 * SECOND;
	look(SECOND);
	expect(EVENT_BLOCKED, true, "port 6515 is blocked by an operator for 1h00m");
	look(SECOND);
	assert_int_equal(p->events.count, 0);
	p->blocks[0].value.lifted = p->made->snapshot.now;
	p->blocks[0].value.lifted_by = RT_LIFT_EXPIRED;
	look(SECOND);
	expect(EVENT_UNBLOCKED, false,
	       "port 6515, blocked by an operator, is blocked no more: its time is over");
	p->blocks[0].value.lifted = 0;
	p->blocks[0].value.expires = 0;
	p->blocks[0].value.origin = RT_ENGINE;
	p->made->snapshot.dry_run = true;
	look(SECOND);
	expect(EVENT_BLOCKED, true,
	       "port 6515 is blocked by the engine, but this is a dry run: nothing is dropped");
	p->blocks[0].value.lifted = p->made->snapshot.now;
	p->blocks[0].value.lifted_by = RT_LIFT_ENGINE;
	look(SECOND);
	expect(EVENT_UNBLOCKED, false,
	       "port 6515, blocked by the engine, is blocked no more: the containment that it was for has ended");
	p->blocks[0].value.lifted = 0;
	p->blocks[0].value.origin = RT_SETTINGS;
	p->made->snapshot.dry_run = false;
	look(SECOND);
	expect(EVENT_BLOCKED, true, "port 6515 is blocked by the settings");
	p->blocks[0].value.lifted = p->made->snapshot.now;
	p->blocks[0].value.lifted_by = RT_LIFT_SETTINGS;
	look(SECOND);
	expect(EVENT_UNBLOCKED, false,
	       "port 6515, blocked by the settings, is blocked no more: they name it no more");
}

static void drop(__u64 packets, __u64 requests)
{
	p->blocks[0].count.packets += packets;
	p->blocks[0].count.syns += requests;
}

static void drops_are_summed_up(void **state)
{
	(void)state;
	p->made->snapshot.block_count = 1;
	look(SECOND);
	drop(3, 2);
	look(SECOND);
	expect(EVENT_DROPS, true, "port 6515: 3 packets dropped, 2 of them requests, at most 2 a second");
	for (int i = 0; i < 9; i++) {
		drop(10, i == 4 ? 10 : 5);
		look(SECOND);
		assert_int_equal(p->events.count, 0);
	}
	drop(10, 5);
	look(SECOND);
	expect(EVENT_DROPS, true, "port 6515: 100 packets dropped, 55 of them requests, at most 10 a second");
	look(60 * SECOND);
	assert_int_equal(p->events.count, 0);
}

static void drops_at_once_with_the_block_are_told(void **state)
{
	(void)state;
	p->made->snapshot.block_count = 1;
	drop(5, 5);
	look(SECOND);
	assert_int_equal(p->events.count, 2);
	assert_int_equal(p->events.all[0].kind, EVENT_BLOCKED);
	assert_int_equal(p->events.all[1].kind, EVENT_DROPS);
	assert_int_equal(p->events.all[1].packets, 5);
}

static void interfaces_come_and_go(void **state)
{
	(void)state;
	p->made->snapshot.interface_count = 1;
	look(SECOND);
	expect(EVENT_GUARDED, false, "eth0 is guarded (generic)");
	p->interfaces[0].state = RT_INTERFACE_FOREIGN;
	p->interfaces[0].error = 12;
	look(SECOND);
	expect(EVENT_UNGUARDED, true,
	       "eth0 is not guarded: it has an XDP program of somebody else's (id 12), which is left alone; it is "
	       "guarded once that is taken off");
	look(SECOND);
	assert_int_equal(p->events.count, 0);
	p->interfaces[0] = (struct rt_interface){.index = 2, .state = RT_INTERFACE_NATIVE, .name = "eth0"};
	look(SECOND);
	expect(EVENT_GUARDED, false, "eth0 is guarded (native)");
	p->made->snapshot.interface_count = 0;
	look(SECOND);
	expect(EVENT_UNGUARDED, false, "eth0 is guarded no more");
}

static void a_guard_that_somebody_took_off_is_told(void **state)
{
	(void)state;
	p->made->snapshot.interface_count = 1;
	p->interfaces[0].detached = 1;
	look(SECOND);
	expect(EVENT_GUARDED, false, "eth0 is guarded (generic)"); /* when that was nobody knows */
	p->interfaces[0].detached = 2;
	look(SECOND);
	expect(EVENT_REGUARDED, true,
	       "eth0 is guarded (generic) again: somebody else had detached the guard");
	look(SECOND);
	assert_int_equal(p->events.count, 0);
	p->interfaces[0].state = RT_INTERFACE_NATIVE;
	look(SECOND);
	expect(EVENT_GUARDED, false, "eth0 is guarded (native)");
	p->interfaces[0].state = RT_INTERFACE_FAILED;
	p->interfaces[0].detached = 1;
	look(SECOND);
	p->interfaces[0].state = RT_INTERFACE_NATIVE;
	p->interfaces[0].detached = 3;
	look(SECOND);
	expect(EVENT_GUARDED, false, "eth0 is guarded (native)");
}

static void as_json(void **state)
{
	struct error error;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	p->made->snapshot.block_count = 1;
	look(SECOND);
	drop(3, 2);
	look(SECOND);
	assert_int_equal(event_json_print(stream, &p->events.all[0], &error), 0);
	assert_int_equal(fclose(stream), 0);
	assert_non_null(strstr(text, "\"event\":\"drops\""));
	assert_non_null(strstr(text, "\"port\":6515"));
	assert_non_null(strstr(text, "\"packets\":3"));
	assert_non_null(strstr(text, "\"requests\":2"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_block_comes_and_goes, begin, end),
		cmocka_unit_test_setup_teardown(drops_are_summed_up, begin, end),
		cmocka_unit_test_setup_teardown(drops_at_once_with_the_block_are_told, begin, end),
		cmocka_unit_test_setup_teardown(interfaces_come_and_go, begin, end),
		cmocka_unit_test_setup_teardown(a_guard_that_somebody_took_off_is_told, begin, end),
		cmocka_unit_test_setup_teardown(as_json, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
