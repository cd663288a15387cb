// SPDX-License-Identifier: GPL-2.0
/* What a view says of blocks and containments. */
#include "made_snapshot.h"

#include "view_guard.h"

#define SLOTS 8

struct guarded {
	struct rt_containment containments[SLOTS];
	struct block_record blocks[4];
};

/* Gives the snapshot room for what is contained and blocked. */
static void guard(struct made *m, struct guarded *g)
{
	memset(g, 0, sizeof(*g));
	m->snapshot.config.max_services = SLOTS - 1;
	m->snapshot.containments = g->containments;
	m->snapshot.blocks = g->blocks;
}

static struct block_record *block(struct made *m, __u16 port, __u64 packets)
{
	struct block_record *record = &m->snapshot.blocks[m->snapshot.block_count++];

	record->slot = m->snapshot.block_count;
	record->value.port = port;
	record->value.since = 60 * SECOND;
	record->count.packets = packets;
	return record;
}

static void blocks_in_force_come_first(void **state)
{
	struct made *m = *state;
	struct guarded g;

	guard(m, &g);
	block(m, 25, 1)->value.lifted = 70 * SECOND;
	block(m, 6515, 2)->value.expires = 160 * SECOND;
	block(m, 80, 3)->value.origin = RT_ENGINE;
	m->snapshot.config.mode = RT_ENFORCE;
	build(m, NULL);
	assert_int_equal(m->view.mode, RT_ENFORCE);
	assert_int_equal(m->view.block_count, 3);
	assert_int_equal(m->view.blocks[0].port, 80);
	assert_int_equal(m->view.blocks[0].origin, RT_ENGINE);
	assert_true(m->view.blocks[0].expires == 0);
	assert_int_equal(m->view.blocks[1].port, 6515);
	assert_true(fabs(m->view.blocks[1].since - 1060) < 1e-3);
	assert_true(fabs(m->view.blocks[1].expires - 1160) < 1e-3);
	assert_int_equal(m->view.blocks[2].port, 25);
	assert_false(m->view.blocks[2].in_force);
	assert_null(view_guard_find(&m->view, 25));
	assert_ptr_equal(view_guard_find(&m->view, 6515), &m->view.blocks[1]);
	assert_null(view_guard_find(&m->view, 443));
}

static void drops_since_the_previous_view(void **state)
{
	static struct made later;
	struct made *m = *state;
	struct guarded g;

	guard(m, &g);
	block(m, 6515, 10);
	build(m, NULL);
	assert_int_equal(m->view.blocks[0].before.packets, 10);
	later_copy(&later, m);
	g.blocks[0].count.packets = 25;
	build(&later, &m->view);
	assert_int_equal(later.view.blocks[0].before.packets, 10);
	assert_int_equal(later.view.blocks[0].count.packets, 25);
	/* Counts that went back are of another block. */
	g.blocks[0].count.packets = 4;
	build(&later, &m->view);
	assert_int_equal(later.view.blocks[0].before.packets, 4);
	view_free(&later.view);
}

static void a_contained_service_stands_as_contained(void **state)
{
	struct made *m = *state;
	struct view_service *v;
	struct guarded g;

	guard(m, &g);
	service(m, 3, 30, 20);
	endpoint(m, 6515, 3, 10);
	g.containments[3] = (struct rt_containment){
		.birth = 50 * SECOND + 3, .since = 90 * SECOND, .origin = RT_ENGINE, .cut = 7};
	v = build(m, NULL);
	assert_string_equal(v->verdict, "contained");
	assert_int_equal(v->standing, VERDICT_CONTAINED);
	assert_true(v->containment.in_force);
	assert_int_equal(v->containment.cut, 7);
	assert_true(fabs(v->since - 1090) < 1e-3);
}

/* In dry-run the engine's word stands; of a service that had the slot before, nothing does. */
static void other_containments_change_no_verdict(void **state)
{
	struct made *m = *state;
	struct view_service *v;
	struct guarded g;

	guard(m, &g);
	service(m, 3, 30, 20);
	endpoint(m, 6515, 3, 10);
	g.containments[3] =
		(struct rt_containment){.birth = 50 * SECOND + 3, .since = 90 * SECOND, .dry_run = 1};
	v = build(m, NULL);
	assert_string_equal(v->verdict, "unjudged");
	assert_true(v->containment.in_force && v->containment.dry_run);
	g.containments[3] = (struct rt_containment){.birth = 1, .since = 90 * SECOND};
	v = build(m, NULL);
	assert_string_equal(v->verdict, "unjudged");
	assert_false(v->containment.in_force);
}

static void contained_is_the_most_urgent(void **state)
{
	struct rt_verdict relaying = {.birth = 1, .verdict = VERDICT_RELAYING, .time = 1};
	struct made *m = *state;
	struct view_service *v;
	struct guarded g;

	guard(m, &g);
	service(m, 2, 1, 1);
	endpoint(m, 25, 2, 9);
	service(m, 3, 1, 1);
	endpoint(m, 6515, 3, 10);
	g.containments[3] = (struct rt_containment){.birth = 50 * SECOND + 3, .since = 90 * SECOND};
	v = build(m, NULL);
	view_set_verdict(&m->view, &v[1], &relaying, 0);
	view_sort(&m->view);
	assert_int_equal(m->view.services[0].slot, 3);
	assert_string_equal(m->view.services[1].verdict, "relaying");
}

static void every_name_is_known(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RT_INTERFACE_STATES; i++)
		assert_non_null(interface_state_name(i));
	for (unsigned int i = 0; i < RT_ORIGINS; i++)
		assert_non_null(origin_name(i));
	for (unsigned int i = 0; i < RT_MODES; i++)
		assert_non_null(mode_name(i));
	for (unsigned int i = 0; i < RT_GUARD_CAUSES; i++)
		assert_non_null(guard_cause_name(i));
	assert_string_equal(mode_name(RT_MODES), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_in_force_come_first),
		TEST(drops_since_the_previous_view),
		TEST(a_contained_service_stands_as_contained),
		TEST(other_containments_change_no_verdict),
		TEST(contained_is_the_most_urgent),
		TEST(every_name_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
