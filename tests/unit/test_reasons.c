// SPDX-License-Identifier: GPL-2.0
/* The text of every reason, from findings made by hand, and from a service that relays. */
#include "reasons.h"
#include "scenario.h"

struct made {
	struct thresholds thresholds;
	struct judgement judgement;
	struct findings *f;
	__u64 *n;
	struct reasons reasons;
};

/* A service that has accepted and connected, with nothing remarkable. */
static int setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	thresholds_default(&m->thresholds);
	m->f = &m->judgement.findings;
	m->n = m->f->sums.counters;
	m->n[RT_ACCEPTS] = 230;
	m->n[RT_CONNECTS] = 212;
	m->f->sums.upstreams = 212;
	m->f->clients = 7;
	m->f->fan_out = 3;
	m->f->paired = 97;
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static bool says(struct made *m, const char *reason)
{
	reasons_write(&m->reasons, &m->judgement, &m->thresholds);
	for (unsigned int i = 0; i < m->reasons.count; i++)
		if (!strcmp(m->reasons.text[i], reason))
			return true;
	for (unsigned int i = 0; i < m->reasons.count; i++)
		print_error("\"%s\"\n", m->reasons.text[i]);
	return false;
}

#define assert_says(m, reason)                                   \
	do {                                                     \
		if (!says(m, reason))                            \
			fail_msg("nothing says \"%s\"", reason); \
	} while (0)

static void nothing_accepted(void **state)
{
	struct made *m = *state;

	memset(&m->judgement, 0, sizeof(m->judgement));
	assert_says(m, "no accepted connection in 10m");
	assert_int_equal(m->reasons.count, 1);
}

static void only_accepted(void **state)
{
	struct made *m = *state;

	memset(&m->judgement, 0, sizeof(m->judgement));
	m->n[RT_ACCEPTS] = 500;
	m->n[RT_LOOK_BACKS] = 500;
	m->f->clients = 120;
	assert_says(m, "500 accepted connections from 120 clients, no outgoing one");
	assert_says(m, "500 look-backs to clients");
	assert_int_equal(m->reasons.count, 2);
}

static void only_inside(void **state)
{
	struct made *m = *state;

	memset(&m->judgement, 0, sizeof(m->judgement));
	m->n[RT_ACCEPTS] = 50;
	m->n[RT_HOPS] = 49;
	assert_says(m, "accepted connections go on inside this host (49 hops)");
	assert_int_equal(m->reasons.count, 1);
}

static void fan_out(void **state)
{
	struct made *m = *state;

	assert_says(m, "3 distinct upstreams in 5m (threshold 20)");
	m->f->fan_out = 1;
	assert_says(m, "1 distinct upstream in 5m (threshold 20)");
	m->thresholds.window = 90 * NS_PER_S;
	m->thresholds.fan_out = 30;
	m->f->fan_out = 31;
	assert_says(m, "31 distinct upstreams in 90s (threshold 30)");
	m->f->private_fan_out = 40;
	assert_says(m, "31 distinct upstreams in 90s (threshold 30), counting 40 private ones at 25 %");
}

static void mail(void **state)
{
	struct made *m = *state;

	m->f->mail_fan_out = 1;
	assert_says(m, "1 mail server");
	m->f->mail_fan_out = 7;
	assert_says(m, "7 mail servers");
	m->f->mail_fan_out = 12;
	assert_says(m, "12 mail servers in 5m (threshold 8)");
	assert_string_equal(m->reasons.text[0], "12 mail servers in 5m (threshold 8)");
}

static void growth(void **state)
{
	struct made *m = *state;

	m->f->latest = (struct history_round){.upstreams = 8, .grown = 7};
	m->f->growth = GROWTH_GOES_ON;
	assert_says(m, "97 % of 212 outgoing connections follow from an accepted one");
	for (unsigned int i = 0; i < m->reasons.count; i++)
		assert_lacks(m->reasons.text[i], "new");
	m->f->fan_out = 31;
	assert_says(m, "7 of the last 8 outgoing connections went to new upstreams");
	m->f->latest = (struct history_round){.upstreams = 40, .grown = 0};
	assert_says(m, "0 of the last 40 outgoing connections went to new upstreams");
	m->f->growth = GROWTH_SETTLED;
	assert_says(m, "the upstreams are always the same: 0 new ones in the last 40 connections");
}

static void connections(void **state)
{
	struct made *m = *state;

	assert_says(m, "97 % of 212 outgoing connections follow from an accepted one");
	m->f->keeps_step = true;
	m->f->in_step = 96;
	assert_says(m, "outgoing connections keep step with accepted ones (96 %)");
	m->f->linked = true;
	m->f->readers = 88;
	assert_says(m, "one process reads both sides (88 % of upstream connections)");
	m->f->readers = 0;
	m->n[RT_HOPS] = 230;
	assert_says(m, "accepted connections go on inside this host (230 hops)");
	m->f->paired = 12;
	assert_says(m, "only 12 % of 212 outgoing connections follow from an accepted one");
}

static void bytes(void **state)
{
	struct made *m = *state;

	m->f->bytes = 98;
	m->f->flow = BYTES_MATCH;
	assert_says(m, "bytes match: 98 % of what upstreams sent went to clients");
	m->f->bytes_upwards = true;
	assert_says(m, "bytes match: 98 % of what clients sent went to upstreams");
	m->f->flow = BYTES_FIT;
	assert_says(m, "bytes of both sides fit, but for what protocols add");
	m->f->bytes = 4;
	m->f->flow = BYTES_ORIGIN;
	assert_says(m, "bytes begin here: clients sent 4 % of what upstreams got");
	m->f->flow = BYTES_DIFFER;
	assert_says(m, "bytes differ: upstreams got 4 % of what clients sent");
	m->f->bytes_upwards = false;
	assert_says(m, "bytes differ: upstreams sent 4 % of what clients got");
	m->f->flow = BYTES_STAY;
	assert_says(m, "bytes end here: clients got 4 % of what upstreams sent");
	m->f->bytes_lag = true;
	assert_says(m, "bytes end here: clients got 4 % of what upstreams sent (not all counted yet)");
}

static void the_rest(void **state)
{
	struct made *m = *state;

	m->n[RT_CONNECT_FAILURES] = 9;
	assert_says(m, "9 of 212 outgoing connections failed");
	m->n[RT_REFUSED_CONNECTS] = 4;
	assert_says(m, "4 outgoing connections were refused");
	m->f->udp_fan_out = 300;
	assert_says(m, "300 UDP destinations, which are not judged");
	m->judgement.held = true;
	m->judgement.time = 400 * NS_PER_S;
	m->judgement.confirmed = 277 * NS_PER_S;
	assert_says(m,
		    "held: falls by one step after 5m without the evidence, which was last seen 2m03s ago");
}

/* However large the numbers are, and however many reasons there are. */
static void all_at_once(void **state)
{
	struct made *m = *state;

	memset(m->f, 0x7f, sizeof(*m->f));
	m->f->flow = BYTES_STAY;
	m->f->growth = GROWTH_SETTLED;
	m->f->linked = m->f->keeps_step = m->f->bytes_lag = m->judgement.held = true;
	reasons_write(&m->reasons, &m->judgement, &m->thresholds);
	assert_in_range(m->reasons.count, 10, REASONS_MAX);
	for (unsigned int i = 0; i < m->reasons.count; i++)
		assert_in_range(strlen(m->reasons.text[i]), 10, REASON_TEXT - 1);
}

static void of_a_relay(void **state)
{
	struct made *m = *state;
	struct scenario *s = scenario_new();

	for (unsigned int second = 0; second < 31; second++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, second, true, true);
		scenario_pass(s, 300, 9000, 13, 12);
		scenario_look(s);
	}
	m->judgement = s->judgement;
	assert_int_equal(m->judgement.verdict, VERDICT_RELAYING);
	assert_says(m, "31 distinct upstreams in 5m (threshold 20)");
	assert_says(m, "6 of the last 6 outgoing connections went to new upstreams");
	assert_says(m, "100 % of 31 outgoing connections follow from an accepted one");
	assert_says(m, "outgoing connections keep step with accepted ones (100 %)");
	assert_says(m, "one process reads both sides (100 % of upstream connections)");
	assert_says(m, "bytes match: 99 % of what upstreams sent went to clients");
	assert_int_equal(m->reasons.count, 6);
	scenario_free(s);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(nothing_accepted), TEST(only_accepted), TEST(only_inside),
		TEST(fan_out),          TEST(mail),          TEST(growth),
		TEST(connections),      TEST(bytes),         TEST(the_rest),
		TEST(all_at_once),      TEST(of_a_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
