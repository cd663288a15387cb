// SPDX-License-Identifier: GPL-2.0
/* What stops a service, or would, in words. */
#include "common.h"

#include "remedies.h"

/* A service on ports 6515 and 8080, and a view of it. */
struct made {
	struct view view;
	struct view_service service;
	struct view_block blocks[2];
	__u16 ports[2];
};

static struct made *made(enum rt_mode mode, enum verdict standing)
{
	static struct made m;

	m = (struct made){.ports = {6515, 8080}};
	m.view = (struct view){.time = 1000, .mode = mode, .blocks = m.blocks};
	m.service = (struct view_service){.ports = m.ports, .port_count = 2, .standing = standing};
	return &m;
}

/* All of them, a line each. */
static const char *said(const struct made *m)
{
	static char text[REMEDIES_MAX * REMEDY_TEXT];
	struct remedies remedies;
	char *end = text;

	*text = '\0';
	remedies_find(&remedies, &m->view, &m->service);
	for (unsigned int i = 0; i < remedies.count; i++)
		end += sprintf(end, "%s\n", remedies.text[i]);
	return text;
}

static void what_a_mode_would_do(void **state)
{
	struct made *m = made(RT_OBSERVE, VERDICT_RELAYING);

	(void)state;
	assert_string_equal(said(m),
			    "mode enforce would block ports 6515,8080, refuse and cut its connections\n"
			    "by hand: b (or 'relaytrap block 6515,8080') drops what comes in for it\n");
	m = made(RT_OBSERVE, VERDICT_QUIET);
	assert_lacks(said(m), "enforce");
	assert_contains(said(m), "by hand: b ");
	m = made(RT_ENFORCE, VERDICT_SUSPECT);
	assert_contains(said(m), "mode enforce contains it as soon as its verdict is relaying\n");
	m = made(RT_ENFORCE, VERDICT_RELAYING);
	assert_contains(said(m), "has not contained it: is 'relaytrap run' active?\n");
	strcpy(m->service.judged.spared, "user:\x1bme is exempt");
	assert_contains(said(m), "has not contained it: user:\\x1bme is exempt\n");
}

static void what_is_blocked(void **state)
{
	struct made *m = made(RT_OBSERVE, VERDICT_RELAYING);

	(void)state;
	m->view.block_count = 1;
	m->blocks[0] = (struct view_block){.port = 6515, .in_force = true, .since = 940, .count.syns = 3};
	assert_contains(said(m),
			"port 6515 is blocked by the operator for 1m00s, without end; dropped: requests 3,");
	assert_contains(said(m), "would block ports 8080,");
	m->view.block_count = 2;
	m->blocks[1] =
		(struct view_block){.port = 8080, .in_force = true, .origin = RT_ENGINE, .expires = 1060};
	assert_contains(said(m), "port 8080 is blocked by the engine for 16m40s, ends in 1m00s; ");
	assert_contains(said(m), "\nu unblocks; ");
	assert_lacks(said(m), "by hand");
	m->blocks[1].in_force = false;
	assert_lacks(said(m), "by the engine");
	m->view.dry_run = true;
	assert_contains(said(m), "would be dropped: ");
}

static void what_contains_it(void **state)
{
	struct made *m = made(RT_ENFORCE, VERDICT_CONTAINED);

	(void)state;
	m->service.containment =
		(struct view_containment){.in_force = true, .origin = RT_ENGINE, .since = 990, .cut = 4};
	m->service.counters[RT_REFUSED_CONNECTS] = 7;
	m->service.counters[RT_REFUSED_SENDS] = 2;
	assert_string_equal(
		said(m), "contained by the engine for 10s, without end, 7 connections refused, 2 UDP sends "
			 "refused, 4 connections cut\nr releases it\n");
	m->service.containment.dry_run = true;
	m->service.counters[RT_WOULD_REFUSE] = 5;
	assert_contains(said(m), "would be contained for 10s, 5 connections and sends would be refused\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_mode_would_do),
		cmocka_unit_test(what_is_blocked),
		cmocka_unit_test(what_contains_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
