// SPDX-License-Identifier: GPL-2.0
/* Every kind of program that the engine must tell apart, as the series of counters it makes. */
#include "scenario.h"

static void print_findings(const struct scenario *s)
{
	const struct findings *f = &s->judgement.findings;

	print_error(
		"verdict %s, highest %s, fan-out %llu, score %d, flow %d, growth %d, in step %u, readers %u, "
		"paired %u\n",
		verdict_name(s->judgement.verdict), verdict_name(s->highest), f->fan_out, f->score, f->flow,
		f->growth, f->in_step, f->readers, f->paired);
}

/* Relays. @id of each is the next new upstream. */

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
			print_findings(s);
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

/* Honest servers. */

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
			print_findings(s);
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
		cmocka_unit_test(relays_are_found),
		cmocka_unit_test(relays_are_found_at_other_intervals),
		cmocka_unit_test(servers_are_left_alone),
		cmocka_unit_test(load_balancers_are_suspect_at_worst),
		cmocka_unit_test(known_upstreams_are_not_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
