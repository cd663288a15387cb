// SPDX-License-Identifier: GPL-2.0
/* One look at a young service: its shares, how its bytes compare, what each sign is worth. */
#include "findings.h"
#include "units.h"

#include "common.h"

struct made {
	struct evidence evidence;
	__u64 *n;
	struct thresholds thresholds;
	struct history history;
	struct findings_past past;
	struct findings found;
};

/* 40 accepted, 40 opened to as many upstreams, all signs but bytes. */
static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	thresholds_default(&m->thresholds);
	m->past.wide = true;
	m->evidence.time = m->evidence.birth = 10000 * NS_PER_S;
	m->evidence.private_fan_out = m->evidence.known_fan_out = EVIDENCE_UNKNOWN;
	m->evidence.fan_out = 40;
	m->n = m->evidence.counters;
	m->n[RT_ACCEPTS] = m->n[RT_CONNECTS] = m->n[RT_PAIRED] = m->n[RT_BOTH_SIDES] = 40;
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static const struct findings *find(struct made *m)
{
	memset(&m->history, 0, sizeof(m->history));
	history_add(&m->history, &m->evidence, m->thresholds.window);
	findings_make(&m->found, &m->evidence, &m->history, &m->thresholds, &m->past);
	return &m->found;
}

/* Bytes of the client's side and of the upstream's, in each direction. */
static void bytes(struct made *m, __u64 client_up, __u64 upstream_up, __u64 client_down, __u64 upstream_down)
{
	m->n[RT_CLIENT_RECEIVED] = client_up;
	m->n[RT_UPSTREAM_SENT] = upstream_up;
	m->n[RT_CLIENT_SENT] = client_down;
	m->n[RT_UPSTREAM_RECEIVED] = upstream_down;
}

static void timing_alone_is_suspect(void **state)
{
	struct made *m = *state;

	m->n[RT_BOTH_SIDES] = 0;
	assert_int_equal(find(m)->score, 2);
	assert_int_equal(m->found.verdict, VERDICT_SUSPECT);
	m->n[RT_BOTH_SIDES] = 12;
	assert_int_equal(find(m)->score, 3);
	assert_int_equal(m->found.verdict, VERDICT_RELAYING);
	m->n[RT_BOTH_SIDES] = 11;
	assert_int_equal(find(m)->score, 2);
}

static void failed_connections_have_no_reader(void **state)
{
	struct made *m = *state;

	m->n[RT_BOTH_SIDES] = 10;
	m->n[RT_CONNECT_FAILURES] = 30;
	assert_int_equal(find(m)->readers, 100);
	m->n[RT_CONNECT_FAILURES] = 40;
	assert_int_equal(find(m)->readers, 0);
}

static void hops_link_too(void **state)
{
	struct made *m = *state;

	m->n[RT_BOTH_SIDES] = 0;
	m->n[RT_HOPS] = 20;
	m->n[RT_CONNECTS] = 60;
	assert_int_equal(find(m)->hops, 50);
	assert_true(m->found.linked);
	m->n[RT_HOPS] = 19;
	assert_false(find(m)->linked);
}

/* Which of both are more does not matter: either may hide chance. */
static void step_is_a_share_of_the_more(void **state)
{
	struct made *m = *state;

	m->n[RT_ACCEPTS] = 1000;
	assert_int_equal(find(m)->in_step, 4);
	m->n[RT_ACCEPTS] = 80;
	assert_int_equal(find(m)->in_step, 50);
	assert_true(m->found.keeps_step);
	m->n[RT_ACCEPTS] = 20;
	assert_int_equal(find(m)->in_step, 50);
	m->n[RT_ACCEPTS] = 19;
	assert_false(find(m)->keeps_step);
}

static void private_upstreams_count_a_part(void **state)
{
	struct made *m = *state;

	m->evidence.private_fan_out = 40;
	assert_int_equal(find(m)->fan_out, 10);
	assert_int_equal(m->found.verdict, VERDICT_FORWARDING);
	m->evidence.private_fan_out = 12;
	m->thresholds.private_weight = 0;
	assert_int_equal(find(m)->fan_out, 28);
	m->evidence.private_fan_out = 100;
	assert_int_equal(find(m)->private_fan_out, 40);
}

static void mail_to_private_servers_is_none(void **state)
{
	struct made *m = *state;

	m->evidence.fan_out = m->evidence.mail_fan_out = 12;
	assert_int_equal(find(m)->verdict, VERDICT_RELAYING);
	m->evidence.private_fan_out = 12;
	assert_int_equal(find(m)->mail_fan_out, 0);
	assert_int_equal(m->found.verdict, VERDICT_FORWARDING);
	m->evidence.private_fan_out = 3;
	assert_int_equal(find(m)->mail_fan_out, 9);
	assert_int_equal(m->found.verdict, VERDICT_SUSPECT);
}

static void width_is_needed(void **state)
{
	struct made *m = *state;

	m->evidence.fan_out = 24;
	m->n[RT_CONNECTS] = m->n[RT_ACCEPTS] = m->n[RT_PAIRED] = m->n[RT_BOTH_SIDES] = 24;
	assert_int_equal(find(m)->verdict, VERDICT_SUSPECT);
	m->evidence.fan_out = 25;
	m->n[RT_CONNECTS] = 25;
	assert_int_equal(find(m)->verdict, VERDICT_RELAYING);
}

static void open_connections_are_accepts(void **state)
{
	struct made *m = *state;

	m->thresholds.min_accepts = 41;
	assert_int_equal(find(m)->verdict, VERDICT_FORWARDING);
	m->evidence.open = 41;
	assert_int_equal(find(m)->verdict, VERDICT_RELAYING);
}

static void udp_is_not_judged(void **state)
{
	struct made *m = *state;

	memset(m->n, 0, sizeof(m->evidence.counters));
	m->n[RT_ACCEPTS] = 1;
	m->evidence.fan_out = 0;
	m->evidence.udp_fan_out = 19;
	assert_int_equal(find(m)->verdict, VERDICT_PROBED);
	m->evidence.udp_fan_out = 20000;
	assert_int_equal(find(m)->verdict, VERDICT_FORWARDING);
}

static void a_match_needs_company(void **state)
{
	struct made *m = *state;

	bytes(m, 10000, 10000, 900000, 1000000);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	assert_int_equal(m->found.bytes, 90);
	assert_false(m->found.bytes_upwards);
	assert_int_equal(m->found.score, 5);
	m->n[RT_BOTH_SIDES] = 0;
	assert_int_equal(find(m)->score, 4);
	m->n[RT_ACCEPTS] = 1;
	assert_int_equal(find(m)->score, 1);
	bytes(m, 1000000, 990000, 10000, 10000);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	assert_true(m->found.bytes_upwards);
}

/* 40 upstream connections may have 40 * 256 bytes more; 40 of each kind 40 * (512 + 4096) on the other side. */
static void protocols_may_add_so_much(void **state)
{
	struct made *m = *state;

	m->thresholds.byte_tolerance = 0;
	bytes(m, 1000, 1000, 50000, 50000 + 40 * 256);
	assert_int_equal(find(m)->flow, BYTES_FIT);
	assert_int_equal(m->found.score, 3);
	bytes(m, 1000, 1000, 50000, 50000 + 40 * 256 + 1);
	assert_int_equal(find(m)->flow, BYTES_STAY);
	assert_int_equal(m->found.score, 1);
	bytes(m, 1000, 1000 + 40 * 256 + 1, 50000, 50000);
	assert_int_equal(find(m)->flow, BYTES_ORIGIN);
	assert_true(m->found.bytes_upwards);
	assert_int_equal(m->found.score, 1);
	bytes(m, 1000, 1000, 50000 + 40 * 4608, 50000);
	assert_int_equal(find(m)->flow, BYTES_FIT);
	bytes(m, 1000, 1000, 50000 + 40 * 4608 + 1, 50000);
	assert_int_equal(find(m)->flow, BYTES_DIFFER);
	assert_int_equal(m->found.score, 2);
	bytes(m, 1000 + 40 * 4608 + 1, 1000, 500000, 500000);
	assert_int_equal(find(m)->flow, BYTES_DIFFER);
	assert_true(m->found.bytes_upwards);
}

static void few_bytes_do_not_match(void **state)
{
	struct made *m = *state;

	bytes(m, 63, 63, 40 * 64 - 1, 40 * 64 - 1);
	assert_int_equal(find(m)->flow, BYTES_FIT);
	bytes(m, 63, 63, 40 * 64, 40 * 64);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	bytes(m, 5000000, 0, 5000, 0);
	assert_int_equal(find(m)->flow, BYTES_UNKNOWN);
}

/* That bytes fit is worth something only where there cannot be a step. */
static void a_fit_needs_few_clients(void **state)
{
	struct made *m = *state;

	bytes(m, 40 * 6000, 40 * 3000, 40 * 6000, 40 * 5000);
	assert_int_equal(find(m)->flow, BYTES_FIT);
	assert_int_equal(m->found.score, 3);
	m->n[RT_ACCEPTS] = 20;
	m->n[RT_CONNECTS] = 41;
	assert_int_equal(find(m)->score, 3);
	m->n[RT_ACCEPTS] = 21;
	m->thresholds.step_share = 100;
	assert_int_equal(find(m)->score, 1);
	m->n[RT_ACCEPTS] = 20;
	m->n[RT_BOTH_SIDES] = 0;
	assert_int_equal(find(m)->score, 0);
}

/* Out of step, 40 accepted and 60 opened. */
static void out_of_step(struct made *m)
{
	m->thresholds.step_share = 100;
	m->n[RT_CONNECTS] = m->n[RT_PAIRED] = m->n[RT_BOTH_SIDES] = 60;
}

static void greetings_tell_nothing_out_of_step(void **state)
{
	struct made *m = *state;

	bytes(m, 1000, 1000, 40 * 1024 - 1, 40 * 1024 - 1);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	out_of_step(m);
	assert_int_equal(find(m)->flow, BYTES_UNKNOWN);
	assert_int_equal(m->found.score, 1);
	bytes(m, 1000, 1000, 40 * 1024, 40 * 1024);
	assert_int_equal(find(m)->flow, BYTES_DOUBTFUL);
	assert_int_equal(m->found.score, 1);
}

static void a_match_by_chance_is_none(void **state)
{
	struct made *m = *state;

	out_of_step(m);
	/* One overtakes the other. */
	bytes(m, 1000, 1000, 100000, 300000);
	findings_remember(&m->past, find(m));
	bytes(m, 1000, 1000, 400000, 410000);
	assert_int_equal(find(m)->flow, BYTES_DOUBTFUL);
	findings_remember(&m->past, &m->found);
	bytes(m, 1000, 1000, 810000, 819999);
	assert_int_equal(find(m)->flow, BYTES_DOUBTFUL);
	/* Still the same when they have doubled, so it is none; nor later, when the sums are smaller. */
	bytes(m, 1000, 1000, 810000, 820000);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	assert_int_equal(m->found.score, 3);
	findings_remember(&m->past, &m->found);
	bytes(m, 1000, 1000, 50000, 50000);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	/* It begins anew after they differed. */
	bytes(m, 1000, 1000, 100000, 300000);
	findings_remember(&m->past, find(m));
	bytes(m, 1000, 1000, 820000, 820000);
	assert_int_equal(find(m)->flow, BYTES_DOUBTFUL);
}

/* Too few to blur anything, as with ssh -D; but not once the bytes have shown something else. */
static void few_clients_are_believed_at_once(void **state)
{
	struct made *m = *state;

	out_of_step(m);
	m->n[RT_ACCEPTS] = 30;
	bytes(m, 1000, 1000, 400000, 410000);
	assert_int_equal(find(m)->flow, BYTES_MATCH);
	m->past.disagreed = true;
	assert_int_equal(find(m)->flow, BYTES_DOUBTFUL);
}

static void open_clients_excuse_missing_bytes(void **state)
{
	struct made *m = *state;

	bytes(m, 1000, 1000, 100, 50000000);
	m->evidence.open = 19;
	assert_int_equal(find(m)->score, 1);
	m->evidence.open = 20;
	assert_int_equal(find(m)->score, 3);
	assert_int_equal(m->found.flow, BYTES_STAY);
	/* In step, but not firmly. */
	m->n[RT_ACCEPTS] = 29;
	assert_int_equal(find(m)->score, 1);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(timing_alone_is_suspect),
		TEST(failed_connections_have_no_reader),
		TEST(hops_link_too),
		TEST(step_is_a_share_of_the_more),
		TEST(private_upstreams_count_a_part),
		TEST(mail_to_private_servers_is_none),
		TEST(width_is_needed),
		TEST(open_connections_are_accepts),
		TEST(udp_is_not_judged),
		TEST(a_match_needs_company),
		TEST(protocols_may_add_so_much),
		TEST(few_bytes_do_not_match),
		TEST(a_fit_needs_few_clients),
		TEST(greetings_tell_nothing_out_of_step),
		TEST(a_match_by_chance_is_none),
		TEST(few_clients_are_believed_at_once),
		TEST(open_clients_excuse_missing_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
