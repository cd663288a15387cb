// SPDX-License-Identifier: GPL-2.0
/* The answer of verify, and how it is told. */
#include "common.h"

#include <stdbool.h>

#include <json-c/json.h>

#include "verify.h"

#define SECOND 1000000000ULL

struct made {
	struct view view;
	struct rt_config config;
	struct view_service services[2];
	__u16 port;
};

static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->config.watched[6515 / 8] = 1 << 6515 % 8;
	m->port = 6515;
	m->view = (struct view){.config = &m->config, .services = m->services, .service_count = 2};
	for (int i = 0; i < 2; i++)
		m->services[i] = (struct view_service){
			.label = "agent", .verdict = "quiet", .ports = &m->port, .port_count = 1};
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void the_worst_service_decides(void **state)
{
	struct made *m = *state;

	assert_int_equal(verify_judge(&m->view, true), VERIFY_NOTHING_CAME);
	m->services[1].counters[RT_ACCEPTS] = 1;
	assert_int_equal(verify_judge(&m->view, true), VERIFY_NO_RELAYING);
	assert_int_equal(verify_judge(&m->view, false), VERIFY_CUT_SHORT);
	m->services[0].judged.verdict = VERDICT_FORWARDING;
	assert_int_equal(verify_judge(&m->view, true), VERIFY_NO_RELAYING);
	m->services[1].judged.verdict = VERDICT_SUSPECT;
	assert_int_equal(verify_judge(&m->view, true), VERIFY_SUSPECT);
	m->services[0].judged.verdict = VERDICT_RELAYING;
	m->services[1].counters[RT_ACCEPTS] = 0;
	assert_int_equal(verify_judge(&m->view, true), VERIFY_RELAYING);
	assert_int_equal(verify_judge(&m->view, false), VERIFY_RELAYING);
	m->view.service_count = 0;
	assert_int_equal(verify_judge(&m->view, true), VERIFY_NOTHING_CAME);
}

static void progress_sums_up(void **state)
{
	struct made *m = *state;
	char text[VERIFY_PROGRESS];

	m->services[0].counters[RT_ACCEPTS] = 3;
	m->services[1].counters[RT_ACCEPTS] = 4;
	m->services[1].counters[RT_CONNECTS] = 9;
	m->services[1].judged.verdict = VERDICT_PROBED;
	verify_progress(text, &m->view, 63 * SECOND, 600 * SECOND);
	assert_string_equal(text, "1m03s of 10m00s: 7 in, 9 out, probed");
	m->services[0].counters[RT_ACCEPTS] = ~0ULL;
	m->services[1].counters[RT_ACCEPTS] = 0;
	m->services[0].counters[RT_CONNECTS] = ~0ULL - 9;
	verify_progress(text, &m->view, ~0ULL, ~0ULL);
	assert_true(strlen(text) < 79); /* one line of a terminal */
}

static char *printed(struct made *m, enum verify_outcome outcome, bool json)
{
	struct error error;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_int_equal((json ? verify_print_json : verify_print)(stream, &m->view, outcome, 600 * SECOND,
								   &error),
			 0);
	fclose(stream);
	return text;
}

static void the_report_answers_the_question(void **state)
{
	struct made *m = *state;
	struct view_service *s = &m->services[0];
	char *text;

	m->view.service_count = 1;
	s->counters[RT_ACCEPTS] = 500;
	s->counters[RT_CONNECTS] = 40;
	s->counters[RT_CONNECT_FAILURES] = 2;
	s->counters[RT_PAIRED] = 39;
	s->counters[RT_LOOK_BACKS] = 501;
	s->counters[RT_MAIL_CONNECTS] = 8;
	s->clients = 30;
	s->fan_out = 17;
	s->mail_fan_out = 6;
	s->verdict = "forwarding";
	s->judged.reason_count = 2;
	strcpy(s->judged.reasons[0], "first");
	strcpy(s->judged.reasons[1], "second");
	memcpy(s->label, "a\033[m", sizeof("a\033[m"));
	text = printed(m, VERIFY_NO_RELAYING, false);
	assert_string_equal(text, "port 6515, watched for 10m00s: nothing relays\n"
				  "\n"
				  "a\\x1b[m on port 6515: forwarding\n"
				  "  inbound      500 from 30 clients\n"
				  "  outgoing     40 to 17 distinct upstreams, 2 failed\n"
				  "  paired       39\n"
				  "  look-backs   501\n"
				  "  mail         8 to 6 mail servers\n"
				  "  because      first\n"
				  "               second\n");
	free(text);
	s->counters[RT_ACCEPTS] = 0;
	text = printed(m, VERIFY_NOTHING_CAME, false);
	assert_lacks(text, "because");
	free(text);
	s->judged.verdict = VERDICT_FORWARDING;
	text = printed(m, VERIFY_NO_RELAYING, false);
	assert_contains(text, "because      first");
	free(text);
	m->view.service_count = 0;
	text = printed(m, VERIFY_NOTHING_CAME, false);
	assert_string_equal(text, "port 6515, watched for 10m00s: inconclusive: nothing came in\n"
				  "no program listens there\n");
	free(text);
}

static void the_report_for_programs(void **state)
{
	static const char *const names[] = {"nothing_came_in", "no_relaying", "cut_short", "suspect",
					    "relaying"};
	struct made *m = *state;
	struct json_object *root, *value;

	m->services[0].counters[RT_ACCEPTS] = 5;
	m->services[1].counters[RT_ACCEPTS] = 6;
	for (int outcome = 0; outcome < VERIFY_OUTCOMES; outcome++) {
		char *text = printed(m, outcome, true);

		root = json_tokener_parse(text);
		assert_true(json_object_object_get_ex(root, "outcome", &value));
		assert_string_equal(json_object_get_string(value), names[outcome]);
		assert_true(json_object_object_get_ex(root, "relaying", &value));
		assert_int_equal(json_object_get_boolean(value), outcome == VERIFY_RELAYING);
		assert_true(json_object_object_get_ex(root, "accepts", &value));
		assert_int_equal(json_object_get_int(value), 11);
		assert_true(json_object_object_get_ex(root, "services", &value));
		assert_int_equal(json_object_array_length(value), 2);
		assert_true(json_object_object_get_ex(root, "seconds", &value));
		assert_true(json_object_get_double(value) == 600);
		json_object_put(root);
		free(text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_worst_service_decides),
		TEST(progress_sums_up),
		TEST(the_report_answers_the_question),
		TEST(the_report_for_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
