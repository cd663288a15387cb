// SPDX-License-Identifier: GPL-2.0
/* Honest servers of every kind, as the series of counters they make: all must be left alone. */
#include "scenario.h"

static void proxied(struct scenario *s, unsigned int id, unsigned int requests)
{
	(void)requests;
	scenario_accept(s, 1, false);
	scenario_connect(s, id, true, true);
	scenario_pass(s, 300, 2000 + scenario_random(s, 30000), 0, 0);
	scenario_fetch(s, 60, 0);
}

static void nginx_2(struct scenario *s, unsigned int second)
{
	(void)second;
	for (unsigned int i = 0; i < 20; i++)
		proxied(s, i % 2, 1);
}

static void nginx_40(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < 25; i++)
		proxied(s, (second * 25 + i) % 40, 1);
}

static void nginx_40_private(struct scenario *s, unsigned int second)
{
	s->private_ids = 40;
	nginx_40(s, second);
}

static void nginx_40_private_slow(struct scenario *s, unsigned int second)
{
	s->private_ids = 40;
	proxied(s, second % 40, 1);
}

static void nginx_40_busy(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < 500; i++)
		proxied(s, (second * 500 + i) % 40, 1);
}

static void nginx_40_random(struct scenario *s, unsigned int second)
{
	(void)second;
	for (unsigned int i = 0; i < 60; i++)
		proxied(s, scenario_random(s, 40), 1);
}

/* What it delivers is no part of the service. */
static void postfix(struct scenario *s, unsigned int second)
{
	if (second % 2 == 0)
		scenario_accept(s, 1, false);
	scenario_serve(s, 3000, 400);
	s->evidence.counters[RT_UDP_SENDS] += 2;
	s->evidence.udp_fan_out = 2;
}

static void unbound(struct scenario *s, unsigned int second)
{
	if (second % 3 == 0) {
		scenario_accept(s, 1, false);
		scenario_serve(s, 60, 300);
	}
	s->evidence.counters[RT_UDP_SENDS] += 40;
	s->evidence.udp_fan_out = second < 300 ? second * 2 : 600;
	if (second % 100 == 50) {
		scenario_connect(s, second / 100 % 6, true, true);
		scenario_fetch(s, 50, 1500);
	}
}

/* A hundred targets in 15 s, over connections that stay; one client that stays, and @queries more a second. */
static void scrape(struct scenario *s, unsigned int second, unsigned int queries)
{
	if (!second)
		scenario_accept(s, 1, true);
	scenario_accept(s, queries, false);
	scenario_serve(s, 400 * (1 + queries), 2500 * (1 + queries));
	for (unsigned int i = 0; i < 7; i++) {
		unsigned int target = second * 7 + i;

		if (target < 100)
			scenario_connect(s, target, true, true);
		else if (target % 50 == 0)
			scenario_connect(s, target / 50 % 100, true, true);
		scenario_fetch(s, 250, 20000);
	}
}

static void prometheus(struct scenario *s, unsigned int second)
{
	scrape(s, second, 0);
}

static void prometheus_queried(struct scenario *s, unsigned int second)
{
	scrape(s, second, 7);
}

/* Fifty peers at once, others later; some call in. Mostly it downloads. */
static void torrent(struct scenario *s, unsigned int second)
{
	unsigned int calls = second % 5 == 0, peers = second < 2 ? 25 : second % 4 == 0;

	scenario_accept(s, calls, s->evidence.open < 20);
	for (unsigned int i = 0; i < peers; i++)
		scenario_connect(s, s->ids, true, true);
	scenario_fetch(s, 40000, 900000 + scenario_random(s, 400000));
	scenario_serve(s, 200000, 100000);
}

static void torrent_seeding(struct scenario *s, unsigned int second)
{
	unsigned int calls = second % 3 == 0, peers = second < 2 ? 25 : second % 4 == 0;

	scenario_accept(s, calls, s->evidence.open < 20);
	for (unsigned int i = 0; i < peers; i++)
		scenario_connect(s, s->ids, true, true);
	scenario_fetch(s, 500000 + scenario_random(s, 400000), 20000);
	scenario_serve(s, 20000, 700000);
}

static void web_application(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < 8; i++) {
		scenario_accept(s, 1, false);
		scenario_connect(s, (second + i) % 3, true, true);
		scenario_fetch(s, 500, 1500);
		scenario_serve(s, 600, 9000);
	}
}

static void crawler(struct scenario *s, unsigned int second)
{
	if (second % 30 == 0)
		scenario_accept(s, 1, second == 60);
	if (second % 30 == 0)
		scenario_serve(s, 500, 8000);
	for (unsigned int i = 0; i < 20; i++) {
		scenario_connect(s, s->ids, true, true);
		scenario_fetch(s, 300, 30000);
	}
}

/* Updates, git and a crawler, all children of the shell. */
static void ssh_admin(struct scenario *s, unsigned int second)
{
	if (!second)
		scenario_accept(s, 1, true);
	scenario_serve(s, 150, 1200);
	if (second % 20 < 8)
		scenario_fetch(s, 200, 4000000);
	if (second % 20 == 0)
		scenario_connect(s, s->ids, true, false);
	for (unsigned int i = 0; second > 200 && i < 5; i++) {
		scenario_connect(s, s->ids, true, false);
		scenario_fetch(s, 300, 15000);
	}
}

static void patched_agent(struct scenario *s, unsigned int second)
{
	(void)second;
	if (s->evidence.counters[RT_ACCEPTS] == 500)
		return;
	scenario_accept(s, 5, false);
	scenario_serve(s, 300, 0);
	s->evidence.counters[RT_LOOK_BACKS] += 5;
	s->evidence.counters[RT_UDP_SENDS] += 5;
}

static void port_scan_from_shell(struct scenario *s, unsigned int second)
{
	if (!second)
		scenario_accept(s, 1, true);
	scenario_serve(s, 30, 200);
	scenario_connect(s, s->ids, true, false);
	scenario_fetch(s, 0, 40);
}

struct server {
	const char *name;
	scenario_program *program;
	unsigned int seconds;
	enum verdict highest;
	enum verdict last;
};

static const struct server servers[] = {
	{"nginx, 2 upstreams", nginx_2, 400, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"nginx, 40 private upstreams", nginx_40_private, 400, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"nginx, 40 private, slow", nginx_40_private_slow, 400, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"nginx, 40 public upstreams", nginx_40, 1000, VERDICT_SUSPECT, VERDICT_FORWARDING},
	{"nginx, 40 public, busy", nginx_40_busy, 1000, VERDICT_SUSPECT, VERDICT_FORWARDING},
	{"nginx, 40 public, at random", nginx_40_random, 1000, VERDICT_SUSPECT, VERDICT_FORWARDING},
	{"postfix", postfix, 400, VERDICT_PROBED, VERDICT_PROBED},
	{"unbound", unbound, 1000, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"Prometheus", prometheus, 1000, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"Prometheus, queried as often", prometheus_queried, 1000, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"BitTorrent", torrent, 1000, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"BitTorrent, seeding", torrent_seeding, 1000, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"web application, 3 APIs", web_application, 400, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"crawler", crawler, 400, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"administrator over ssh", ssh_admin, 600, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"port scan over ssh", port_scan_from_shell, 300, VERDICT_FORWARDING, VERDICT_FORWARDING},
	{"patched agent", patched_agent, 300, VERDICT_PROBED, VERDICT_PROBED},
};

static void servers_are_left_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		struct scenario *s = scenario_new();

		scenario_run(s, servers[i].program, servers[i].seconds);
		if (s->highest > servers[i].highest || s->judgement.verdict != servers[i].last) {
			scenario_print(s);
			fail_msg("%s: highest verdict %s, last %s", servers[i].name, verdict_name(s->highest),
				 verdict_name(s->judgement.verdict));
		}
		scenario_free(s);
	}
}

static unsigned int rate;

static void round_robin(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < rate; i++)
		proxied(s, (second * rate + i) % 40, 1);
}

/* Each worker goes through the list by itself. */
static void two_workers(struct scenario *s, unsigned int second)
{
	for (unsigned int i = 0; i < rate; i++)
		proxied(s, (second * rate + i) / 2 % 40, 1);
}

static void at_random(struct scenario *s, unsigned int second)
{
	(void)second;
	for (unsigned int i = 0; i < rate; i++)
		proxied(s, scenario_random(s, 40), 1);
}

/* Slower ones look like a relay until they have been through their list. */
static void load_balancers_are_suspect_at_worst(void **state)
{
	static scenario_program *const programs[] = {round_robin, two_workers, at_random};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		for (rate = 15; rate < 400; rate += 1 + rate / 20) {
			struct scenario *s = scenario_new();

			scenario_run(s, programs[i], 400);
			if (s->highest > VERDICT_SUSPECT || s->judgement.verdict != VERDICT_FORWARDING)
				fail_msg("%zu, %u a second: highest %s, last %s", i, rate,
					 verdict_name(s->highest), verdict_name(s->judgement.verdict));
			scenario_free(s);
		}
	}
}

/* A load balancer that was idle for hours, and starts over: with a long memory nothing is new. */
static void known_upstreams_are_not_new(void **state)
{
	struct scenario *s = scenario_new();

	(void)state;
	s->evidence.known_fan_out = 40;
	scenario_run(s, nginx_40, 1000);
	assert_int_equal(s->judgement.verdict, VERDICT_FORWARDING);
	s->evidence.time += 8 * 3600 * NS_PER_S;
	s->highest = VERDICT_QUIET;
	for (unsigned int i = 0; i < 100; i++) {
		proxied(s, i % 40, 1);
		scenario_look(s);
	}
	assert_int_equal(s->highest, VERDICT_FORWARDING);
	scenario_free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_left_alone),
		cmocka_unit_test(load_balancers_are_suspect_at_worst),
		cmocka_unit_test(known_upstreams_are_not_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
