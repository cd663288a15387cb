// SPDX-License-Identifier: GPL-2.0
/* What is contained, what is spared and why, and when a containment ends. */
#include "made_snapshot.h"

#include "contain.h"

#define SELF 4711
#define HOUR (3600 * SECOND)

/* One service in slot 3 on 6515 with one reader, and what to decide about it with. */
struct lot {
	struct made *m;
	struct settings settings;
	struct rt_containment kept;
	struct rt_fuse fuse;
	struct contain_decision decision;
};

static struct view_service *the_service(struct lot *lot)
{
	return &lot->m->view.services[0];
}

static void judge_since(struct lot *lot, enum verdict verdict, __u64 since)
{
	struct rt_verdict said = {.birth = the_service(lot)->birth,
				  .since = since,
				  .time = lot->m->view.now,
				  .verdict = verdict};

	view_set_verdict(&lot->m->view, the_service(lot), &said, 0);
}

static struct lot *new_lot(struct made *m, enum rt_mode mode)
{
	struct lot *lot = calloc(1, sizeof(*lot));

	assert_non_null(lot);
	lot->m = m;
	settings_default(&lot->settings);
	lot->settings.mode = mode;
	service(m, 3, 300, 300);
	endpoint(m, 6515, 3, 10);
	process(m, 10, 3, RT_ROLE_READER, "proxy")->uid = 1000;
	snprintf(m->facts[0].exe, sizeof(m->facts[0].exe), "/usr/bin/proxy");
	snprintf(m->facts[0].user, sizeof(m->facts[0].user), "nobody");
	cgroup(m, "/system.slice/proxy.service");
	build(m, NULL);
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	return lot;
}

static void decide(struct lot *lot)
{
	contain_decide(&lot->decision, &lot->m->view, the_service(lot), &lot->kept, &lot->fuse,
		       &lot->settings, SELF);
}

static void expect_started(struct lot *lot)
{
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_START);
	assert_string_equal(lot->decision.spared, "");
	assert_int_equal(lot->decision.containment.birth, the_service(lot)->birth);
	assert_int_equal(lot->decision.containment.since, lot->m->view.now);
	assert_int_equal(lot->decision.containment.origin, RT_ENGINE);
}

static void expect_nothing(struct lot *lot)
{
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_NOTHING);
	assert_string_equal(lot->decision.spared, "");
}

static void expect_spared(struct lot *lot, const char *why)
{
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_NOTHING);
	assert_string_equal(lot->decision.spared, why);
}

static void contain(struct lot *lot)
{
	expect_started(lot);
	lot->kept = lot->decision.containment;
}

static void a_relaying_service(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);

	contain(lot);
	assert_int_equal(lot->kept.expires, lot->m->view.now + HOUR);
	assert_false(lot->kept.dry_run);
	assert_false(lot->kept.fuse);
	expect_nothing(lot);
	for (enum verdict verdict = VERDICT_QUIET; verdict < VERDICT_RELAYING; verdict++) {
		lot->kept = (struct rt_containment){0};
		judge_since(lot, verdict, 90 * SECOND);
		expect_nothing(lot);
	}
	free(lot);
}

static void what_the_modes_do(void **state)
{
	struct lot *lot = new_lot(*state, RT_OBSERVE);

	lot->settings.fuse = 20;
	lot->fuse.blown = lot->m->view.now;
	expect_nothing(lot);
	lot->settings.mode = RT_DRY_RUN;
	contain(lot);
	assert_true(lot->kept.dry_run);
	expect_nothing(lot);
	lot->settings.mode = RT_ENFORCE; /* from now on for real */
	contain(lot);
	assert_false(lot->kept.dry_run);
	lot->settings.mode = RT_OBSERVE;
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_END);
	assert_false(lot->decision.containment.since);
	lot->kept.origin = RT_OPERATOR; /* not the engine's to end */
	expect_nothing(lot);
	free(lot);
}

static void a_blown_fuse(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);

	judge_since(lot, VERDICT_PROBED, 90 * SECOND);
	lot->fuse.blown = lot->m->view.now - SECOND;
	expect_nothing(lot); /* no fuse is set */
	lot->settings.fuse = 20;
	contain(lot);
	assert_int_equal(lot->kept.fuse, 20);
	lot->kept = (struct rt_containment){0};
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	contain(lot);
	assert_int_equal(lot->kept.fuse, 0); /* for the verdict */
	judge_since(lot, VERDICT_PROBED, 90 * SECOND);
	lot->kept = (struct rt_containment){0};
	lot->fuse.blown = the_service(lot)->birth - 1; /* of another service */
	expect_nothing(lot);
	free(lot);
}

static void the_end(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);

	contain(lot);
	judge_since(lot, VERDICT_QUIET, 90 * SECOND);
	lot->m->view.now = lot->kept.expires - 1;
	expect_nothing(lot);
	lot->m->view.now++;
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_END);
	lot->kept.expires = 0;
	expect_nothing(lot);
	lot->kept.birth--; /* the slot's service before this one */
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	lot->settings.expire = 0;
	contain(lot);
	assert_false(lot->kept.expires);
	free(lot);
}

static void a_released_service(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);

	contain(lot);
	lot->kept.cut = 3;
	contain_release(&lot->kept, lot->m->view.now);
	assert_int_equal(lot->kept.cut, 3);
	assert_false(contain_stands(&lot->kept, the_service(lot)));
	lot->m->view.now += SECOND;
	expect_spared(lot, "an operator has released it");
	judge_since(lot, VERDICT_RELAYING, lot->m->view.now); /* anew */
	expect_started(lot);
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	lot->settings.fuse = 20;
	lot->fuse.blown = lot->m->view.now; /* the new one */
	expect_started(lot);
	lot->fuse.blown = lot->kept.released - 1;
	expect_spared(lot, "an operator has released it");
	lot->m->view.now = lot->kept.released + HOUR;
	expect_started(lot);
	lot->settings.expire = 0;
	expect_spared(lot, "an operator has released it");
	lot->kept.birth--;
	expect_started(lot);
	free(lot);
}

static void what_is_exempt(void **state)
{
	static const char *const words[] = {"/usr/bin/proxy",
					    "unit:proxy.service",
					    "unit:proxy",
					    "cgroup:/system.slice",
					    "cgroup:/system.slice/proxy.service",
					    "cgroup:/system.slice/",
					    "cgroup:/",
					    "user:nobody"};
	static const char *const others[] = {"/usr/bin/prox", "/usr/bin/proxy2", "unit:prox",
					     "unit:system",   "cgroup:/system",  "cgroup:/system.slice/prox",
					     "user:nobody2",  "user:nobod"};
	struct lot *lot = new_lot(*state, RT_ENFORCE);
	char why[RT_REASON_LEN];
	struct error error;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		lot->settings.exempt = (struct words){0};
		assert_int_equal(words_add(&lot->settings.exempt, words[i], strlen(words[i]), &error), 0);
		snprintf(why, sizeof(why), "pid 10 is exempt (%s)", words[i]);
		expect_spared(lot, why);
	}
	contain_release(&lot->kept, 0);
	lot->settings.exempt = (struct words){0};
	contain(lot);
	assert_int_equal(words_add(&lot->settings.exempt, "unit:proxy", 10, &error), 0);
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_END);
	assert_true(lot->decision.containment.exempt);
	lot->kept = (struct rt_containment){0};
	lot->settings.exempt = (struct words){0};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(words_add(&lot->settings.exempt, others[i], strlen(others[i]), &error), 0);
	expect_started(lot);
	free(lot);
}

static void no_fuse_for_the_exempt(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);
	struct error error;

	judge_since(lot, VERDICT_PROBED, 90 * SECOND);
	assert_int_equal(words_add(&lot->settings.exempt, "user:nobody", 11, &error), 0);
	expect_nothing(lot); /* there is no fuse */
	lot->settings.fuse = 20;
	lot->kept.birth = the_service(lot)->birth;
	lot->kept.released = 7;
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_EXEMPT);
	assert_true(lot->decision.containment.exempt);
	assert_int_equal(lot->decision.containment.released, 7);
	lot->kept = lot->decision.containment;
	expect_nothing(lot);
	lot->fuse.blown = lot->m->view.now; /* it was faster than we */
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_EXEMPT);
	lot->fuse.blown = 0;
	lot->settings.exempt = (struct words){0};
	decide(lot);
	assert_int_equal(lot->decision.act, CONTAIN_EXEMPT);
	assert_false(lot->decision.containment.exempt);
	free(lot);
}

/* Whoever runs an exempt program, or is asked for by a client, does not speak for the service. */
static void who_speaks(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);
	struct made *m = lot->m;
	struct error error;

	assert_int_equal(words_add(&lot->settings.exempt, "/usr/bin/tail", 13, &error), 0);
	process(m, 11, 3, RT_ROLE_READER, "tail");
	snprintf(m->facts[1].exe, sizeof(m->facts[1].exe), "/usr/bin/tail");
	build(m, NULL);
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	for (enum rt_role role = RT_ROLE_DESCENDANT; role <= RT_ROLE_READER; role++) {
		m->processes[1].value.role = role;
		expect_started(lot);
	}
	m->facts[0].gone = true;
	expect_spared(lot, "pid 11 is exempt (/usr/bin/tail)");
	m->facts[1].exe[0] = '\0'; /* there, but not readable */
	expect_started(lot);
	free(lot);
}

/* Who listens speaks as long as nobody reads; nobody at all does not. */
static void the_owner_speaks(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);
	struct made *m = lot->m;
	struct error error;

	assert_int_equal(words_add(&lot->settings.exempt, "/usr/bin/proxy", 14, &error), 0);
	m->processes[0].value.role = RT_ROLE_CANDIDATE;
	process(m, 11, 3, RT_ROLE_HOP, "back");
	build(m, NULL);
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	expect_spared(lot, "pid 10 is exempt (/usr/bin/proxy)");
	m->processes[0].value.role = RT_ROLE_DESCENDANT; /* found holding a connection at the start */
	expect_spared(lot, "pid 10 is exempt (/usr/bin/proxy)");
	m->processes[1].value.role = RT_ROLE_READER;
	expect_started(lot);
	m->processes[1].value.role = RT_ROLE_HOP;
	m->facts[0].gone = true;
	expect_started(lot);
	free(lot);
}

static void an_ssh_server(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);
	struct made *m = lot->m;

	m->processes[0].value.uid = 0;
	snprintf(m->facts[0].exe, sizeof(m->facts[0].exe), "/usr/sbin/sshd"); /* but not the host's */
	expect_started(lot);
	m->facts[0].ssh_server = true;
	expect_spared(lot, "it is the ssh server (pid 10)");
	/* A session's other half is the user's. */
	process(m, 11, 3, RT_ROLE_READER, "sshd")->uid = 1000;
	m->facts[1].ssh_server = true;
	build(m, NULL);
	judge_since(lot, VERDICT_RELAYING, 90 * SECOND);
	expect_spared(lot, "it is the ssh server (pid 10)");
	m->processes[0].value.uid = 1000; /* anybody can start that program */
	expect_started(lot);
	free(lot);
}

static void pid_1_and_relaytrap(void **state)
{
	struct lot *lot = new_lot(*state, RT_ENFORCE);

	the_service(lot)->processes[0].pid = 1;
	expect_spared(lot, "pid 1 serves it");
	the_service(lot)->processes[0].pid = SELF;
	expect_spared(lot, "it is relaytrap itself");
	free(lot);
}

static void expect_blocked(struct lot *lot, const char *blocked, const char *unblocked)
{
	struct view *view = &lot->m->view;
	char text[64], open[RT_REASON_LEN];
	struct ports ports;

	for (size_t i = 0; i < view->service_count; i++)
		if (view->services[i].slot == 3)
			contain_ports(&ports, open, view, &view->services[i], &lot->settings, SELF);
	ports_format(&ports, text, sizeof(text));
	assert_string_equal(text, blocked);
	assert_string_equal(open, unblocked);
}

static void the_ports_to_block(void **state)
{
	struct made *m = *state;
	struct lot *lot = new_lot(m, RT_ENFORCE);

	endpoint(m, 22, 3, 10);
	endpoint(m, 2222, 3, 10);
	build(m, NULL);
	expect_blocked(lot, "2222,6515", "port 22 (ssh)");
	service(m, 4, 0, 0);
	endpoint(m, 2222, 4, 11);
	process(m, 11, 4, RT_ROLE_READER, "web");
	build(m, NULL);
	expect_blocked(lot, "6515", "port 22 (ssh), port 2222 (another service listens there, too)");
	m->endpoints[3].value.listeners = 0; /* it did */
	build(m, NULL);
	expect_blocked(lot, "2222,6515", "port 22 (ssh)");
	free(lot);
}

/* Another service that is to be stopped as well is no reason, unless it is exempt. */
static void two_relays_on_a_port(void **state)
{
	struct made *m = *state;
	struct lot *lot = new_lot(m, RT_ENFORCE);

	service(m, 4, 0, 0);
	endpoint(m, 6515, 4, 11);
	process(m, 11, 4, RT_ROLE_READER, "sshd");
	build(m, NULL);
	for (size_t i = 0; i < 2; i++)
		m->view.services[i].judged.verdict = VERDICT_RELAYING;
	expect_blocked(lot, "6515", "");
	m->facts[1].ssh_server = true;
	expect_blocked(lot, "", "port 6515 (another service listens there, too)");
	free(lot);
}

static void ports_that_the_guard_does_not_see(void **state)
{
	static const struct rt_address loopback[] = {
		{.bytes = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 2}},
		{.bytes = {[15] = 1}},
	};
	struct made *m = *state;
	struct lot *lot = new_lot(m, RT_ENFORCE);

	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++) {
		m->endpoints[0].key.address = loopback[i];
		build(m, NULL);
		expect_blocked(lot, "", "port 6515 (on loopback, or in another network namespace)");
	}
	endpoint(m, 6515, 3, 10); /* on all addresses, too */
	build(m, NULL);
	expect_blocked(lot, "6515", "");
	m->snapshot.guard_netns = 7;
	build(m, NULL);
	expect_blocked(lot, "", "port 6515 (on loopback, or in another network namespace)");
	m->endpoints[1].key.netns = 7;
	build(m, NULL);
	expect_blocked(lot, "6515", "");
	service(m, 4, 0, 0);
	endpoint(m, 6515, 4, 11); /* in another namespace: a block does not hit it */
	build(m, NULL);
	expect_blocked(lot, "6515", "");
	free(lot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_relaying_service),     TEST(what_the_modes_do),
		TEST(a_blown_fuse),           TEST(the_end),
		TEST(a_released_service),     TEST(what_is_exempt),
		TEST(an_ssh_server),          TEST(who_speaks),
		TEST(pid_1_and_relaytrap),    TEST(the_ports_to_block),
		TEST(no_fuse_for_the_exempt), TEST(the_owner_speaks),
		TEST(two_relays_on_a_port),   TEST(ports_that_the_guard_does_not_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
