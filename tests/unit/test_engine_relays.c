// SPDX-License-Identifier: GPL-2.0
/* Relays of every kind, as the series of counters they make: all must be found, and in time. */
#include "scenario.h"

static void relay_once(struct scenario *s, unsigned int more_up, unsigned int more_down, bool both)
{
	unsigned int id = s->ids, down = 300 + scenario_random(s, 50000);

	scenario_accept(s, 1, false);
	scenario_connect(s, id, true, both);
	scenario_pass(s, 200 + scenario_random(s, 300), down, more_up, more_down);
}

static void microsocks(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 5; i++)
		relay_once(s, 13, 12, true);
}

static void microsocks_tiny(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 5; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 6, 6, 13, 12);
	}
}

/* Rewrites the request: it is longer upstream by the Via line. */
static void tinyproxy(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 10; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 250, 1000 + scenario_random(s, 9000), 0, 0);
		scenario_fetch(s, 40, 0);
	}
}

static void connect_workers(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 20; i++)
		relay_once(s, 80, 39, true);
}

/* Bytes of the inner connection are hops; handshake and records are the client's. */
static void behind_tls(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 3; i++) {
		scenario_accept(s, 1, false);
		s->evidence.counters[RT_CONNECTS]++;
		s->evidence.counters[RT_PAIRED]++;
		s->evidence.counters[RT_HOPS]++;
		scenario_connect(s, s->ids, true, false);
		scenario_pass(s, 150, 400, 900, 3100);
	}
}

static void waits_a_second(struct scenario *s, unsigned int second)
{
	scenario_accept(s, 4, false);
	for (int i = 0; second && i < 4; i++) {
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 150, 700, 13, 12);
	}
}

static void one_client(struct scenario *s, unsigned int second)
{
	if (!second)
		scenario_accept(s, 1, true);
	for (int i = 0; i < 4; i++) {
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 30, 50, 24, 3);
	}
}

static void ssh_dynamic(struct scenario *s, unsigned int second)
{
	if (!second) {
		scenario_accept(s, 1, true);
		scenario_serve(s, 3000, 3500);
	}
	for (int i = 0; i < 3; i++) {
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 120, 200 + scenario_random(s, 20000), 250, 220);
	}
}

static void netcats(struct scenario *s, unsigned int second)
{
	(void)second;
	relay_once(s, 0, 0, false);
}

static void slow_relay(struct scenario *s, unsigned int second)
{
	if (second % 10 == 0)
		relay_once(s, 13, 12, true);
}

static void burst(struct scenario *s, unsigned int second)
{
	for (int i = 0; second == 3 && i < 200; i++)
		relay_once(s, 13, 12, true);
}

static void burst_of_25(struct scenario *s, unsigned int second)
{
	for (int i = 0; second == 3 && i < 25; i++)
		relay_once(s, 13, 12, true);
}

/* 300 connections to 200 addresses. */
static void repeats(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; second < 3 && i < 100; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, (second * 100 + i) % 200, true, true);
		scenario_pass(s, 200, 5000, 13, 12);
	}
}

/* Long downloads: what clients were sent is counted only when they have closed. */
static void downloads(struct scenario *s, unsigned int second)
{
	(void)second;
	for (int i = 0; i < 4; i++) {
		scenario_accept(s, 1, true);
		scenario_connect(s, s->ids, true, true);
		scenario_serve(s, 220, 30);
		scenario_fetch(s, 200, 10000000);
	}
}

static void mail_relay(struct scenario *s, unsigned int second)
{
	(void)second;
	s->mail = true;
	s->wide_fan_out = 10;
	for (int i = 0; i < 2; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, s->ids, true, true);
		scenario_pass(s, 4000 + scenario_random(s, 4000), 350, 13, 12);
	}
}

/* The same thirty mail servers, again and again. */
static void mail_relay_to_few(struct scenario *s, unsigned int second)
{
	s->mail = true;
	s->wide_fan_out = 10;
	for (int i = 0; i < 3; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, (3 * second + i) % 30, true, true);
		scenario_pass(s, 4000, 350, 13, 12);
	}
}

/* Into the network behind this host: four count as one. */
static void into_private_network(struct scenario *s, unsigned int second)
{
	s->private_ids = SCENARIO_IDS;
	s->wide_fan_out = 100;
	microsocks(s, second);
}

struct relay {
	const char *name;
	scenario_program *program;
	unsigned int seconds;
};

static const struct relay relays[] = {
	{"microsocks", microsocks, 60},
	{"microsocks, a few bytes", microsocks_tiny, 60},
	{"tinyproxy", tinyproxy, 60},
	{"CONNECT proxy with workers", connect_workers, 60},
	{"proxy behind TLS", behind_tls, 60},
	{"waits a second", waits_a_second, 60},
	{"one client, many upstreams", one_client, 60},
	{"ssh -D", ssh_dynamic, 60},
	{"two netcats and a FIFO", netcats, 60},
	{"one connection in 10 s", slow_relay, 300},
	{"200 upstreams in a second", burst, 20},
	{"25 upstreams in a second", burst_of_25, 20},
	{"300 connections to 200 upstreams", repeats, 20},
	{"long downloads", downloads, 60},
	{"relay into a private network", into_private_network, 60},
	{"mail relay", mail_relay, 60},
	{"mail relay to few servers", mail_relay_to_few, 400},
};

/* The upstream that makes it wide came at most an interval before the look that showed it. */
static void relays_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(relays); i++) {
		struct scenario *s = scenario_new();

		scenario_run(s, relays[i].program, relays[i].seconds);
		if (!s->relaying_at || !s->wide_at || s->relaying_at > s->wide_at + s->interval ||
		    s->judgement.verdict != VERDICT_RELAYING) {
			scenario_print(s);
			fail_msg("%s: relaying at %lld s, wide at %lld s", relays[i].name,
				 ((long long)s->relaying_at - (long long)SCENARIO_BIRTH) /
					 (long long)NS_PER_S,
				 ((long long)s->wide_at - (long long)SCENARIO_BIRTH) / (long long)NS_PER_S);
		}
		scenario_free(s);
	}
}

/* One who already waits for it is not later when looking more often. */
static void relays_are_found_at_other_intervals(void **state)
{
	static const __u64 intervals[] = {100 * NS_PER_MS, 300 * NS_PER_MS, 5 * NS_PER_S};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(intervals); i++) {
		struct scenario *s = scenario_new();

		s->interval = intervals[i];
		scenario_run(s, microsocks, 60);
		assert_int_not_equal(s->relaying_at, 0);
		assert_true(s->relaying_at <= s->wide_at + (s->interval > NS_PER_S ? s->interval : NS_PER_S));
		scenario_free(s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(relays_are_found),
		cmocka_unit_test(relays_are_found_at_other_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
