// SPDX-License-Identifier: GPL-2.0
/* Events as text and as JSON. */
#include "common.h"

#include <stdbool.h>

#include <json-c/json.h>

#include "event_json.h"
#include "event_line.h"

/* A service of two ports and one process. */
struct made {
	struct view_service service;
	struct view_process process;
	__u16 ports[2];
	struct event event;
	char line[EVENT_LINE];
	struct json_object *json;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->ports[0] = 25;
	m->ports[1] = 6515;
	m->process.pid = 42;
	m->service = (struct view_service){.label = "relay",
					   .verdict = "relaying",
					   .since = 1326888000.25,
					   .ports = m->ports,
					   .port_count = 2,
					   .processes = &m->process,
					   .process_count = 1,
					   .judged = {.birth = 1,
						      .verdict = VERDICT_RELAYING,
						      .reason_count = 2,
						      .reasons = {"25 upstreams", "bytes match"}}};
	m->event = (struct event){
		.kind = EVENT_VERDICT, .time = 1326888001, .service = &m->service, .before = VERDICT_SUSPECT};
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct made *m = *state;

	json_object_put(m->json);
	free(m);
	return 0;
}

static void check_line(struct made *m, const char *expected)
{
	assert_int_equal(event_line(m->line, &m->event), strlen(expected));
	assert_string_equal(m->line, expected);
}

/* Prints it and reads it back: one line, one object. */
static void print_json(struct made *m)
{
	struct error error;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal(event_json_print(stream, &m->event, &error), 0);
	fclose(stream);
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	json_object_put(m->json);
	m->json = json_tokener_parse(text);
	assert_non_null(m->json);
	free(text);
}

static const char *member(const struct made *m, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(m->json, name, &value))
		fail_msg("no %s in %s", name, json_object_to_json_string(m->json));
	return json_object_get_string(value);
}

static void a_verdict(void **state)
{
	struct made *m = *state;

	check_line(m, "relay on port 25,6515 (pid 42) is relaying, was suspect: 25 upstreams; bytes match");
	print_json(m);
	assert_string_equal(member(m, "event"), "verdict");
	assert_string_equal(member(m, "verdict"), "relaying");
	assert_string_equal(member(m, "before"), "suspect");
	assert_string_equal(member(m, "since"), "1326888000.250");
	assert_string_equal(member(m, "time"), "1326888001.000");
	assert_string_equal(member(m, "label"), "relay");
	assert_string_equal(member(m, "ports"), "[ 25, 6515 ]");
	assert_string_equal(member(m, "pids"), "[ 42 ]");
	assert_string_equal(member(m, "reasons"), "[ \"25 upstreams\", \"bytes match\" ]");
	assert_string_equal(member(m, "warning"), "true");
	assert_string_equal(member(m, "text"), m->line);
	m->service.process_count = 0;
	m->service.port_count = 0;
	m->service.judged.reason_count = 0;
	check_line(m, "relay is relaying, was suspect");
}

static void listeners(void **state)
{
	struct made *m = *state;

	m->event.kind = EVENT_LISTENER;
	m->event.port = 6515;
	check_line(m, "relay (pid 42) listens on port 6515 now");
	m->event.kind = EVENT_LISTENER_BACK;
	check_line(m, "relay (pid 42) is back: it listens on port 6515 again");
	print_json(m);
	assert_string_equal(member(m, "event"), "listener_back");
	assert_string_equal(member(m, "port"), "6515");
}

static void losses(void **state)
{
	struct made *m = *state;

	m->event = (struct event){.kind = EVENT_LOST};
	m->event.lost[RT_LOST_HOPS] = 3;
	m->event.lost[RT_LOST_CLIENTS] = ~0ULL;
	check_line(m, "lost hops_full +3, clients_full +18446744073709551615");
	print_json(m);
	assert_string_equal(member(m, "lost"),
			    "{ \"hops_full\": 3, \"clients_full\": 18446744073709551615 }");
}

static void what_was_left_out(void **state)
{
	struct made *m = *state;

	m->event = (struct event){.kind = EVENT_LEFT_OUT, .left_out = EVENT_VERDICT, .count = 9};
	check_line(m, "9 more changes of a verdict left out: too many at once");
	m->event.left_out = EVENT_LISTENER;
	check_line(m, "9 more new listeners left out: too many at once");
	print_json(m);
	assert_string_equal(member(m, "of"), "listener");
	assert_string_equal(member(m, "count"), "9");
}

static void lives_of_instances(void **state)
{
	struct made *m = *state;

	m->event = (struct event){.kind = EVENT_UNLOADED, .text = "the instance was unloaded"};
	check_line(m, "the instance was unloaded");
	print_json(m);
	assert_string_equal(member(m, "event"), "unloaded");
	m->event.text = NULL;
	check_line(m, "unloaded");
}

/* A name can neither steer a terminal nor begin a line of its own. */
static void names_are_made_harmless(void **state)
{
	struct made *m = *state;

	m->event.kind = EVENT_LISTENER;
	m->event.port = 1;
	memcpy(m->service.label, "a\n<0>b\033[2J\\", sizeof("a\n<0>b\033[2J\\"));
	check_line(m, "a\\x0a<0>b\\x1b[2J\\\\ (pid 42) listens on port 1 now");
	print_json(m);
	assert_string_equal(member(m, "label"), "a\\x0a<0>b\\x1b[2J\\\\");
}

static void the_longest_fits(void **state)
{
	struct made *m = *state;

	memset(m->service.label, '\n', sizeof(m->service.label));
	m->service.judged.reason_count = RT_REASONS;
	memset(m->service.judged.reasons, 'x', sizeof(m->service.judged.reasons));
	for (int i = 0; i < RT_REASONS; i++)
		m->service.judged.reasons[i][RT_REASON_LEN - 1] = '\0';
	assert_in_range(event_line(m->line, &m->event), 2 * RT_REASON_LEN, EVENT_LINE - 1);
	assert_string_equal(m->line + strlen(m->line) - strlen("xxx; and 12 more reasons"),
			    "xxx; and 12 more reasons");
	print_json(m);
	assert_int_equal(json_object_array_length(json_object_object_get(m->json, "reasons")), RT_REASONS);
	m->service.judged.reason_count = 3;
	event_line(m->line, &m->event);
	assert_string_equal(m->line + strlen(m->line) - strlen("xxx; and 1 more reason"),
			    "xxx; and 1 more reason");
}

static void what_is_longer_is_cut(void **state)
{
	struct made *m = *state;
	static char text[2 * EVENT_LINE];

	memset(text, 'x', sizeof(text) - 1);
	m->event = (struct event){.kind = EVENT_LOADED, .text = text};
	assert_int_equal(event_line(m->line, &m->event), EVENT_LINE - 1);
	assert_int_equal(strlen(m->line), EVENT_LINE - 1);
	print_json(m);
}

static void a_full_disk_is_an_error(void **state)
{
	struct made *m = *state;
	struct error error;
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	assert_int_equal(event_json_print(full, &m->event, &error), -1);
	assert_contains(error.text, "No space left");
	fclose(full);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_verdict),
		TEST(listeners),
		TEST(losses),
		TEST(what_was_left_out),
		TEST(lives_of_instances),
		TEST(names_are_made_harmless),
		TEST(the_longest_fits),
		TEST(what_is_longer_is_cut),
		TEST(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
