// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

/* Before cmocka, whose macro fail() would hide the function. */
#include "json.h"

#include <cmocka.h>

/* A view of one service with one process, made by hand, and what became of it. */
struct made {
	struct view view;
	struct rt_config config;
	struct view_service service;
	struct view_process process;
	struct process_record record;
	struct process_facts facts;
	__u16 ports[2];
	struct json_object *root;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->config.watched[6515 / 8] = 1 << 6515 % 8;
	m->ports[0] = 6515;
	m->ports[1] = 65535;
	m->view = (struct view){.config = &m->config,
				.uptime = 303.25,
				.services = &m->service,
				.service_count = 1,
				.processes = &m->process,
				.process_count = 1};
	m->service = (struct view_service){.label = "relay",
					   .verdict = "unjudged",
					   .ports = m->ports,
					   .port_count = 2,
					   .processes = &m->process,
					   .process_count = 1,
					   .since = 1326888000.5};
	m->process = (struct view_process){.pid = 42, .record = &m->record, .facts = &m->facts};
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct made *m = *state;

	json_object_put(m->root);
	free(m);
	return 0;
}

/* Its 0.18 takes what lies above ASCII for control characters, which a strict parser refuses. */
static int strictest(const char *text)
{
	int flags = JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_STRICT;

	for (; *text; text++)
		if ((unsigned char)*text > 0x7f)
			flags &= ~JSON_TOKENER_STRICT;
	return flags;
}

/* Prints the view and reads it back, as strictly as json-c can. */
static void print(struct made *m)
{
	struct json_tokener *tokener = json_tokener_new();
	struct error error;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_non_null(tokener);
	assert_int_equal(json_print_status(stream, &m->view, NULL, &error), 0);
	fclose(stream);
	json_tokener_set_flags(tokener, strictest(text));
	json_object_put(m->root);
	m->root = json_tokener_parse_ex(tokener, text, (int)size);
	assert_non_null(m->root);
	assert_int_equal(json_tokener_get_parse_end(tokener), size);
	assert_int_equal(text[size - 1], '\n');
	json_tokener_free(tokener);
	free(text);
}

/* What a path such as "services.0.bytes" leads to. */
static struct json_object *at(struct made *m, const char *path)
{
	struct json_object *object = m->root;
	char copy[128], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *name = strsep(&rest, "."); name; name = strsep(&rest, ".")) {
		if (json_object_is_type(object, json_type_array))
			object = json_object_array_get_idx(object, strtoul(name, NULL, 10));
		else if (!json_object_object_get_ex(object, name, &object))
			object = NULL;
		if (!object)
			fail_msg("no %s", path);
	}
	return object;
}

static void expect_count(struct made *m, const char *path, uint64_t value)
{
	assert_true(json_object_is_type(at(m, path), json_type_int));
	if (json_object_get_uint64(at(m, path)) != value)
		fail_msg("%s is %s", path, json_object_get_string(at(m, path)));
}

static void expect_text(struct made *m, const char *path, const char *text)
{
	assert_true(json_object_is_type(at(m, path), json_type_string));
	assert_string_equal(json_object_get_string(at(m, path)), text);
}

static void the_whole(void **state)
{
	static const char *const lists[] = {"interfaces", "guard", "allow", "services"};
	struct made *m = *state;

	m->view.lost[RT_LOST_HOPS] = 7;
	print(m);
	expect_text(m, "version", RELAYTRAP_VERSION);
	expect_count(m, "schema", JSON_SCHEMA);
	expect_text(m, "mode", "observe");
	expect_text(m, "watched_ports", "6515");
	assert_true(json_object_get_double(at(m, "uptime_seconds")) == 303.25);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_true(json_object_is_type(at(m, lists[i]), json_type_array));
	assert_int_equal(json_object_object_length(at(m, "lost")), LOST_CAUSES);
	expect_count(m, "lost.hops_full", 7);
	expect_count(m, "lost.services_full", 0);
}

static void one_service(void **state)
{
	static const char *const counters[RT_COUNTERS] = {
		[RT_ACCEPTS] = "accepts",
		[RT_CONNECTS] = "connects",
		[RT_CONNECT_FAILURES] = "connect_failures",
		[RT_PAIRED] = "paired",
		[RT_BOTH_SIDES] = "both_sides",
		[RT_HOPS] = "hops",
		[RT_LOOK_BACKS] = "look_backs",
		[RT_UDP_LOOK_BACKS] = "udp_look_backs",
		[RT_MAIL_CONNECTS] = "mail_connects",
		[RT_UDP_SENDS] = "udp_sends",
		[RT_REFUSED_CONNECTS] = "refused_connects",
		[RT_CLIENT_RECEIVED] = "bytes.client_received",
		[RT_CLIENT_SENT] = "bytes.client_sent",
		[RT_UPSTREAM_RECEIVED] = "bytes.upstream_received",
		[RT_UPSTREAM_SENT] = "bytes.upstream_sent",
		[RT_REFUSED_SENDS] = "refused_sends",
		[RT_WOULD_REFUSE] = "would_refuse",
	};
	struct made *m = *state;
	char path[64];

	for (int i = 0; i < RT_COUNTERS; i++)
		m->service.counters[i] = 1000 + i;
	m->service.clients = 1;
	m->service.fan_out = 2;
	m->service.mail_fan_out = 3;
	m->service.udp_fan_out = 4;
	m->service.open = 5;
	m->service.listeners = 6;
	print(m);
	for (int i = 0; i < RT_COUNTERS; i++) {
		assert_non_null(counters[i]);
		snprintf(path, sizeof(path), "services.0.%s", counters[i]);
		expect_count(m, path, 1000 + i);
	}
	expect_count(m, "services.0.clients", 1);
	expect_count(m, "services.0.fan_out", 2);
	expect_count(m, "services.0.mail_fan_out", 3);
	expect_count(m, "services.0.udp_fan_out", 4);
	expect_count(m, "services.0.open", 5);
	expect_count(m, "services.0.listeners", 6);
	expect_text(m, "services.0.label", "relay");
	expect_text(m, "services.0.verdict", "unjudged");
	assert_int_equal(json_object_array_length(at(m, "services.0.reasons")), 0);
	assert_int_equal(json_object_array_length(at(m, "services.0.ports")), 2);
	expect_count(m, "services.0.ports.1", 65535);
	assert_true(json_object_get_double(at(m, "services.0.since")) == 1326888000.5);
}

static void a_verdict(void **state)
{
	struct made *m = *state;

	m->service.verdict = "relaying";
	m->service.first_seen = 1326880000;
	m->service.judged.reason_count = 2;
	strcpy(m->service.judged.reasons[0], "25 \"upstreams\"");
	strcpy(m->service.judged.reasons[1], "bytes match");
	m->service.private_fan_out = 7;
	m->service.known_fan_out = 8;
	print(m);
	expect_text(m, "services.0.verdict", "relaying");
	assert_int_equal(json_object_array_length(at(m, "services.0.reasons")), 2);
	expect_text(m, "services.0.reasons.0", "25 \"upstreams\"");
	expect_text(m, "services.0.reasons.1", "bytes match");
	assert_true(json_object_get_double(at(m, "services.0.since")) == 1326888000.5);
	assert_true(json_object_get_double(at(m, "services.0.first_seen")) == 1326880000);
	expect_count(m, "services.0.private_fan_out", 7);
	expect_count(m, "services.0.known_fan_out", 8);
}

static void one_process(void **state)
{
	struct made *m = *state;

	m->process.start_time = 123456789012345678ULL;
	m->record.value = (struct rt_process){
		.netns = 4026531840U, .accepts = 8, .connects = 9, .role = RT_ROLE_READER, .comm = "socat"};
	m->facts = (struct process_facts){.exe = "/usr/bin/socat", .user = "nobody", .cgroup = "/a.service"};
	print(m);
	expect_count(m, "services.0.processes.0.pid", 42);
	expect_count(m, "services.0.processes.0.start_time", 123456789012345678ULL);
	expect_text(m, "services.0.processes.0.comm", "socat");
	expect_text(m, "services.0.processes.0.exe", "/usr/bin/socat");
	expect_text(m, "services.0.processes.0.user", "nobody");
	expect_text(m, "services.0.processes.0.cgroup", "/a.service");
	expect_text(m, "services.0.processes.0.role", "reader");
	expect_count(m, "services.0.processes.0.netns", 4026531840U);
	expect_count(m, "services.0.processes.0.accepts", 8);
	expect_count(m, "services.0.processes.0.connects", 9);
}

static void biggest_numbers(void **state)
{
	struct made *m = *state;

	m->service.counters[RT_ACCEPTS] = UINT64_MAX;
	m->record.value.role = UINT32_MAX;
	print(m);
	expect_count(m, "services.0.accepts", UINT64_MAX);
	expect_text(m, "services.0.processes.0.role", "unknown");
}

static void all_ports(void **state)
{
	struct made *m = *state;

	memset(m->config.watched, 0xff, sizeof(m->config.watched));
	print(m);
	expect_text(m, "watched_ports", "any");
	memset(m->config.watched, 0xaa, sizeof(m->config.watched));
	print(m);
	assert_int_equal(strncmp(json_object_get_string(at(m, "watched_ports")), "1,3,5,7,", 8), 0);
	assert_non_null(strstr(json_object_get_string(at(m, "watched_ports")), ",65533,65535"));
}

/* Whatever bytes others put into their names, it is JSON, and UTF-8. */
static void hostile_names(void **state)
{
	struct made *m = *state;

	memcpy(m->record.value.comm, "\"},\n\x1b[2J\xff\xc3\xa9\\", 13);
	print(m);
	expect_text(m, "services.0.processes.0.comm", "\"},\\x0a\\x1b[2J\\xff\xc3\xa9\\\\");
	for (unsigned int first = 0; first < 256; first++) {
		memset(m->record.value.comm, (int)first, RT_COMM_LEN);
		for (size_t i = 0; i < sizeof(m->service.label); i++)
			m->service.label[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->facts.exe); i++)
			m->facts.exe[i] = (char)(first * 7 + i * 31);
		memset(m->facts.cgroup, (int)first, sizeof(m->facts.cgroup));
		memset(m->facts.user, (int)first, sizeof(m->facts.user));
		print(m);
	}
}

static void a_stream_that_fails(void **state)
{
	struct made *m = *state;
	struct error error = {""};
	FILE *full = fopen("/dev/full", "w");

	if (!full)
		skip();
	assert_int_equal(json_print_status(full, &m->view, NULL, &error), -1);
	assert_non_null(strstr(error.text, "No space left"));
	fclose(full);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_whole),       TEST(one_service), TEST(a_verdict),     TEST(one_process),
		TEST(biggest_numbers), TEST(all_ports),   TEST(hostile_names), TEST(a_stream_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
