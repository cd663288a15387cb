// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before cmocka, whose macro fail() would hide the function. */
#include "table.h"

#include <cmocka.h>

#define TIME "2012-01-18 12:00:00"

/* A view of one service with one process, made by hand. */
struct made {
	struct view view;
	struct rt_config config;
	struct view_service services[2];
	struct view_process processes[32];
	struct process_record records[32];
	struct process_facts facts[32];
	__u16 ports[4];
	struct table table;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->config.watched[6515 / 8] = 1 << 6515 % 8;
	m->ports[0] = 6515;
	m->view = (struct view){.config = &m->config,
				.uptime = 303,
				.services = m->services,
				.service_count = 1,
				.processes = m->processes,
				.process_count = 1};
	m->services[0] = (struct view_service){.label = "microsocks",
					       .verdict = "unjudged",
					       .ports = m->ports,
					       .port_count = 1,
					       .processes = m->processes,
					       .process_count = 1};
	m->services[1] = m->services[0];
	for (size_t i = 0; i < 32; i++) {
		m->processes[i].pid = 1000 + i;
		m->processes[i].record = &m->records[i];
		m->processes[i].facts = &m->facts[i];
		m->records[i].value.role = RT_ROLE_READER;
		strcpy(m->records[i].value.comm, "microsocks");
		strcpy(m->facts[i].user, "nobody");
	}
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct made *m = *state;

	table_free(&m->table);
	free(m);
	return 0;
}

/* The table as one text. The caller frees it. */
static char *build(struct made *m, unsigned int width)
{
	struct error error;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	table_free(&m->table);
	assert_int_equal(table_build(&m->table, &m->view, TIME, width, &error), 0);
	assert_int_equal(table_print(stream, &m->table, &error), 0);
	fclose(stream);
	return text;
}

static void expect(struct made *m, unsigned int width, const char *wanted)
{
	char *text = build(m, width);

	if (!strstr(text, wanted))
		fail_msg("\"%s\" is not in:\n%s", wanted, text);
	free(text);
}

static void expect_not(struct made *m, unsigned int width, const char *unwanted)
{
	char *text = build(m, width);

	if (strstr(text, unwanted))
		fail_msg("\"%s\" is in:\n%s", unwanted, text);
	free(text);
}

static void nothing(void **state)
{
	struct made *m = *state;

	m->view.service_count = 0;
	m->view.process_count = 0;
	expect(m, 80,
	       TIME
	       "  watching 6515 for 5m03s: 0 services, 0 processes\nmode observe, nothing is blocked\nno program listens on a watched port\n");
	expect_not(m, 80, "LOST");
}

static void one_service(void **state)
{
	struct made *m = *state;

	m->services[0].counters[RT_ACCEPTS] = 300;
	m->services[0].counters[RT_CONNECTS] = 420;
	m->services[0].counters[RT_CONNECT_FAILURES] = 17;
	m->services[0].counters[RT_MAIL_CONNECTS] = 212;
	m->services[0].clients = 5;
	m->services[0].fan_out = 213;
	m->records[0].value.accepts = 299;
	m->records[0].value.connects = 418;
	expect(m, 80,
	       TIME "  watching 6515 for 5m03s: 1 service, 1 process\n"
		    "mode observe, nothing is blocked\n"
		    "SERVICE            PORTS ACCEPTS CLIENTS CONNECTS FAN-OUT FAILED   MAIL VERDICT\n"
		    "      PID USER                                    PROGRAM\n"
		    "microsocks          6515     300       5      420     213     17    212 unjudged\n"
		    "     1000 nobody             299              418 microsocks\n");
}

static void losses_are_shown(void **state)
{
	struct made *m = *state;

	m->view.lost[RT_LOST_HOPS] = 3;
	m->view.lost[LOST_MISSED_RUNS] = 4;
	expect(m, 80, "\nLOST: hops_full 3, missed_runs 4\n");
	expect_not(m, 80, "services_full");
	for (size_t i = 0; i < LOST_CAUSES; i++)
		m->view.lost[i] = ~0ULL;
	for (size_t i = 0; i < LOST_CAUSES; i++) {
		char piece[64];

		snprintf(piece, sizeof(piece), "%s 18446744073709551615", lost_name(i));
		expect(m, 80, piece);
	}
}

/* What is blocked, how often it acted, and where the guard stands. */
static void the_guard(void **state)
{
	struct rt_interface interfaces[] = {
		{.state = RT_INTERFACE_NATIVE, .name = "eth0"},
		{.state = RT_INTERFACE_GENERIC, .name = "eth1"},
		{.state = RT_INTERFACE_FOREIGN, .name = "eth2"},
		{.state = RT_INTERFACE_UNFIT, .name = "tun0"},
	};
	struct view_block blocks[13] = {{.port = 6515, .in_force = true, .since = 1000, .expires = 1600}};
	struct made *m = *state;

	m->view.time = 1120;
	m->view.mode = RT_ENFORCE;
	m->view.blocks = blocks;
	m->view.block_count = 1;
	m->view.interfaces = interfaces;
	m->view.interface_count = 4;
	blocks[0].count =
		(struct rt_block_count){.packets = 5600, .bytes = 336000, .syns = 5400, .would_drop = 7};
	expect(m, 0,
	       "\nmode enforce, blocked ports:\n"
	       "    port 6515 blocked by the operator for 2m00s, ends in 8m00s, requests dropped: 5400, packets: "
	       "5600, bytes: 336.0K\n"
	       "    eth0 is guarded (native), eth1 is guarded (generic)\n"
	       "    eth2 is not guarded: ");
	expect_not(m, 0, "tun0");
	blocks[0].origin = RT_ENGINE;
	blocks[0].expires = 0;
	m->view.mode = RT_DRY_RUN;
	m->view.dry_run = true;
	expect(m, 0,
	       "port 6515 would be blocked by the engine for 2m00s, without end, requests that would be "
	       "dropped: 0, packets: 7, bytes: 0\n");
	for (unsigned int i = 0; i < 13; i++)
		blocks[i] = (struct view_block){.port = 7000 + i, .in_force = i < 12, .since = 1000};
	m->view.block_count = 13;
	expect(m, 80, "    port 7009 ");
	expect(m, 80, "\n    and 2 more: 'relaytrap list' has all\n");
	expect_not(m, 80, "port 7010");
}

static void containments(void **state)
{
	struct made *m = *state;

	m->view.time = 1120;
	m->services[0].containment = (struct view_containment){
		.in_force = true, .origin = RT_ENGINE, .since = 1000, .expires = 4600, .cut = 14};
	m->services[0].counters[RT_REFUSED_CONNECTS] = 321;
	expect(m, 0,
	       "\n    contained by the engine for 2m00s, ends in 58m00s, 321 connections refused, 0 UDP sends "
	       "refused, 14 connections cut\n");
	m->services[0].containment.dry_run = true;
	m->services[0].counters[RT_WOULD_REFUSE] = 9;
	expect(m, 0, "\n    would be contained for 2m00s, 9 connections and sends would be refused\n");
}

/* What has no column at this width is said in words, and only once. */
static void figures_that_do_not_fit(void **state)
{
	struct made *m = *state;

	m->services[0].counters[RT_PAIRED] = 419;
	m->services[0].counters[RT_CLIENT_RECEIVED] = 1234567;
	m->services[0].counters[RT_LOOK_BACKS] = 4;
	expect(m, 80, "\n    419 paired, 1.2M from clients, 4 look-backs\n");
	expect(m, 0, " PAIRED ");
	expect_not(m, 0, " paired");
	expect(m, 0, "\n    4 look-backs\n");
	expect_not(m, 80, "failed");
}

static void rates_need_an_interval(void **state)
{
	struct made *m = *state;

	m->services[0].counters[RT_ACCEPTS] = 35;
	m->services[0].before[RT_ACCEPTS] = 10;
	expect_not(m, 0, "ACC/S");
	expect_not(m, 80, "accepts/s");
	m->view.interval = 2;
	expect(m, 0, "ACC/S");
	expect(m, 0, " 12.5 ");
	expect(m, 70, "12.5 accepts/s");
	expect_not(m, 80, "connects/s");
}

static void a_long_verdict_has_room(void **state)
{
	struct made *m = *state;

	m->services[0].verdict = "forwarding";
	for (unsigned int width = 77; width < 200; width++)
		expect(m, width, " forwarding\n");
}

/* From suspect on; cut like every line. */
static void reasons_stand_below_the_service(void **state)
{
	struct made *m = *state;
	struct rt_verdict *judged = &m->services[0].judged;

	judged->verdict = VERDICT_SUSPECT;
	judged->reason_count = 2;
	memset(judged->reasons[0], 'x', RT_REASON_LEN - 1);
	strcpy(judged->reasons[1], "bytes match");
	expect(m, 0, "\n    xxxxxxxx");
	expect(m, 0, "x\n    bytes match\n");
	expect(m, 80, "\n    bytes match\n");
	judged->verdict = VERDICT_FORWARDING;
	expect_not(m, 0, "bytes match");
}

static void ports_of_a_service(void **state)
{
	struct made *m = *state;

	m->services[0].port_count = 3;
	m->ports[1] = 6516;
	m->ports[2] = 8080;
	expect(m, 0, " 6515-6516,8080 ");
	m->services[0].port_count = 0;
	expect(m, 0, "microsocks ");
	m->ports[0] = 65535;
	m->services[0].port_count = 1;
	strcpy(m->services[0].label, "a-unit-with-quite-a-long-name.service");
	expect(m, 80, "a-unit-with-quite+ 65535 ");
	expect(m, 0, "a-unit-with-quite-a-long-name.service 65535 ");
}

static void who_listens(void **state)
{
	struct made *m = *state;

	m->records[0].value.role = RT_ROLE_CANDIDATE;
	strcpy(m->facts[0].exe, "/usr/sbin/microsocks");
	expect(m, 0, " microsocks (listens)  /usr/sbin/microsocks\n");
	expect_not(m, 80, "/usr");
}

/* Network namespaces are told apart as soon as there are two. */
static void namespaces(void **state)
{
	struct made *m = *state;

	m->records[0].value.netns = 4026531840U;
	expect_not(m, 0, "netns");
	m->view.process_count = m->services[0].process_count = 2;
	expect(m, 0, "microsocks  netns 4026531840\n");
	m->records[1].value.netns = 4026531840U;
	expect_not(m, 0, "netns");
}

static void many_processes(void **state)
{
	struct made *m = *state;

	m->view.process_count = m->services[0].process_count = 11;
	expect(m, 80, "\n     1010 ");
	expect_not(m, 80, "more process");
	m->view.process_count = m->services[0].process_count = 32;
	expect(m, 80, "\n     1009 ");
	expect_not(m, 80, "\n     1010 ");
	expect(m, 80, "\n    and 22 more processes\n");
}

static void check_lines(const struct table *table, unsigned int width)
{
	for (size_t i = 0; i < table->count; i++) {
		const char *text = table->lines[i].text;

		if (width && strlen(text) > width)
			fail_msg("more than %u columns: \"%s\"", width, text);
		for (; *text; text++)
			if (*text < ' ' || *text > '~')
				fail_msg("byte %d in \"%s\"", *text, table->lines[i].text);
	}
}

/* Whatever others call themselves, every line is one line of printable ASCII, and none too long. */
static void hostile_names(void **state)
{
	struct made *m = *state;

	m->view.interval = 1;
	m->view.service_count = 2;
	for (int i = 0; i < RT_COUNTERS; i++)
		m->services[0].counters[i] = ~0ULL;
	m->services[0].clients = m->services[0].fan_out = m->services[0].udp_fan_out = ~0ULL;
	for (unsigned int first = 0; first < 256; first++) {
		for (size_t i = 0; i < sizeof(m->services[0].label); i++)
			m->services[0].label[i] = (char)(first + i);
		for (size_t i = 0; i < RT_COMM_LEN; i++)
			m->records[0].value.comm[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->facts[0].exe); i++)
			m->facts[0].exe[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->facts[0].user); i++)
			m->facts[0].user[i] = (char)(first + i);
		for (unsigned int width = 0; width < 260; width += 13) {
			free(build(m, width));
			check_lines(&m->table, width);
		}
	}
}

static void any_width(void **state)
{
	struct made *m = *state;

	for (unsigned int width = 1; width < 5000; width += width < 300 ? 1 : 100) {
		free(build(m, width));
		check_lines(&m->table, width);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(one_service),
		TEST(losses_are_shown),
		TEST(the_guard),
		TEST(containments),
		TEST(figures_that_do_not_fit),
		TEST(rates_need_an_interval),
		TEST(a_long_verdict_has_room),
		TEST(reasons_stand_below_the_service),
		TEST(ports_of_a_service),
		TEST(who_listens),
		TEST(namespaces),
		TEST(many_processes),
		TEST(hostile_names),
		TEST(any_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
