// SPDX-License-Identifier: GPL-2.0
/* Edits of the records of blocks. */
#include "common.h"

#include <arpa/inet.h>

#include "guard.h"

static struct guard_blocks blocks;
static struct error error;

static int setup(void **state)
{
	(void)state;
	memset(&blocks, 0, sizeof(blocks));
	return 0;
}

static const struct ports *ports(const char *text)
{
	static struct ports parsed;

	memset(&parsed, 0, sizeof(parsed));
	assert_int_equal(ports_parse(&parsed, text, &error), 0);
	return &parsed;
}

static int block(const char *text, enum rt_origin origin, __u64 expires, __u64 birth, __u64 now)
{
	const struct guard_order order = {
		.kind = GUARD_BLOCK,
		.ports = ports(text),
		.terms = {.origin = origin, .expires = expires, .birth = birth, .service = birth ? 3 : 0},
	};

	memset(blocks.changes, 0, sizeof(blocks.changes));
	return guard_apply(&blocks, &order, now, &error);
}

static void lift(const char *text, __u64 now)
{
	const struct guard_order order = {.kind = GUARD_LIFT, .ports = ports(text), .by = RT_LIFT_OPERATOR};

	memset(blocks.changes, 0, sizeof(blocks.changes));
	assert_int_equal(guard_apply(&blocks, &order, now, &error), 0);
}

static int follow(const char *text, __u64 now)
{
	static const struct ports none;
	const struct guard_order order = {.kind = GUARD_FOLLOW,
					  .ports = *text ? ports(text) : &none,
					  .terms.origin = RT_SETTINGS,
					  .by = RT_LIFT_SETTINGS};

	memset(blocks.changes, 0, sizeof(blocks.changes));
	return guard_apply(&blocks, &order, now, &error);
}

static __u8 slot_of(__u16 port)
{
	struct rt_guard *guard = calloc(1, sizeof(*guard));
	__u8 slot;

	assert_non_null(guard);
	guard_fill(guard, &blocks);
	assert_int_equal(guard->blocked, guard_count(&blocks));
	slot = guard->slots[htons(port)];
	free(guard);
	return slot;
}

static void expect_changed(enum guard_change change, const char *wanted)
{
	struct ports changed;
	char text[64];

	guard_changed(&changed, &blocks, change);
	ports_format(&changed, text, sizeof(text));
	assert_string_equal(text, wanted);
}

static void a_port_gets_a_slot_and_keeps_it(void **state)
{
	__u8 slot;

	(void)state;
	assert_int_equal(block("25,6515", RT_OPERATOR, 0, 0, 10), 0);
	expect_changed(GUARD_NEW, "25,6515");
	slot = slot_of(6515);
	assert_int_not_equal(slot, 0);
	assert_int_not_equal(slot_of(25), slot);
	assert_int_equal(slot_of(26), 0);
	lift("6515", 20);
	expect_changed(GUARD_LIFTED, "6515");
	assert_int_equal(slot_of(6515), 0);
	assert_int_equal(blocks.records[slot].lifted, 20);
	assert_int_equal(blocks.records[slot].lifted_by, RT_LIFT_OPERATOR);
	assert_int_equal(block("6515", RT_OPERATOR, 90, 0, 30), 0);
	expect_changed(GUARD_AGAIN, "6515");
	assert_int_equal(slot_of(6515), slot);
	assert_int_equal(blocks.records[slot].since, 30);
	assert_int_equal(blocks.records[slot].expires, 90);
	assert_int_equal(blocks.records[slot].lifted, 0);
}

static void the_slot_lifted_longest_ago_is_given_away(void **state)
{
	__u8 oldest;

	(void)state;
	assert_int_equal(block("1-255", RT_OPERATOR, 0, 0, 10), 0);
	oldest = slot_of(100);
	lift("100", 20);
	lift("50", 21);
	assert_int_equal(block("6515", RT_OPERATOR, 0, 0, 30), 0);
	assert_int_equal(slot_of(6515), oldest);
	expect_changed(GUARD_NEW, "6515");
	/* The other one is its port's own, and must not go to a port that comes before it. */
	assert_int_equal(block("50", RT_OPERATOR, 0, 0, 30), 0);
	expect_changed(GUARD_AGAIN, "50");
	lift("200", 40);
	assert_int_equal(block("300,200", RT_OPERATOR, 0, 0, 50), -1);
	assert_int_equal(slot_of(200), 0);
	assert_int_equal(block("200", RT_OPERATOR, 0, 0, 50), 0);
	expect_changed(GUARD_AGAIN, "200");
}

static void too_many_change_nothing(void **state)
{
	struct guard_blocks before;

	(void)state;
	assert_int_equal(block("1-250", RT_OPERATOR, 0, 0, 10), 0);
	before = blocks;
	memset(before.changes, 0, sizeof(before.changes));
	assert_int_equal(block("240-256", RT_OPERATOR, 0, 0, 20), -1);
	assert_contains(error.text, "255 ports at most");
	assert_contains(error.text, "it would be 256");
	assert_memory_equal(&before, &blocks, sizeof(before));
	assert_int_equal(block("240-255", RT_OPERATOR, 0, 0, 20), 0);
	assert_int_equal(guard_count(&blocks), 255);
}

static void an_operator_has_the_last_word(void **state)
{
	const struct rt_block *record;

	(void)state;
	assert_int_equal(block("6515", RT_ENGINE, 100, 7, 10), 0);
	record = &blocks.records[slot_of(6515)];
	assert_int_equal(block("6515", RT_OPERATOR, 0, 0, 20), 0);
	expect_changed(GUARD_RENEWED, "6515");
	assert_int_equal(record->origin, RT_OPERATOR);
	assert_int_equal(record->expires, 0);
	assert_int_equal(record->birth, 0);
	assert_int_equal(record->since, 10);
	assert_int_equal(block("6515", RT_ENGINE, 200, 7, 30), 0);
	expect_changed(GUARD_RENEWED, "");
	assert_int_equal(record->origin, RT_OPERATOR);
	assert_int_equal(record->expires, 0);
}

static void of_two_ends_the_later_one_counts(void **state)
{
	const struct rt_block *record;

	(void)state;
	assert_int_equal(block("6515", RT_ENGINE, 100, 7, 10), 0);
	record = &blocks.records[slot_of(6515)];
	assert_int_equal(block("6515", RT_ENGINE, 50, 7, 10), 0);
	assert_int_equal(record->expires, 100);
	assert_int_equal(block("6515", RT_ENGINE, 150, 7, 10), 0);
	assert_int_equal(record->expires, 150);
	assert_int_equal(block("6515", RT_ENGINE, 0, 7, 10), 0);
	assert_int_equal(record->expires, 0);
	assert_int_equal(block("6515", RT_ENGINE, 120, 8, 10), 0); /* for another service */
	assert_int_equal(record->expires, 120);
	assert_int_equal(record->birth, 8);
}

static void a_service_is_released_alone(void **state)
{
	struct guard_order order = {
		.kind = GUARD_LIFT_SERVICE, .service = 3, .birth = 8, .by = RT_LIFT_ENGINE};

	(void)state;
	assert_int_equal(block("25", RT_OPERATOR, 0, 0, 10), 0);
	assert_int_equal(block("6515", RT_ENGINE, 0, 7, 10), 0);
	assert_int_equal(guard_apply(&blocks, &order, 20, &error), 0);
	assert_int_equal(guard_count(&blocks), 2);
	order.birth = 7;
	assert_int_equal(guard_apply(&blocks, &order, 20, &error), 0);
	assert_int_equal(slot_of(6515), 0);
	assert_int_not_equal(slot_of(25), 0);
}

static void what_has_expired_is_lifted(void **state)
{
	const struct guard_order order = {.kind = GUARD_EXPIRE};

	(void)state;
	assert_int_equal(block("25", RT_OPERATOR, 0, 0, 10), 0);
	assert_int_equal(block("80", RT_OPERATOR, 50, 0, 10), 0);
	assert_int_equal(block("6515", RT_ENGINE, 51, 7, 10), 0);
	memset(blocks.changes, 0, sizeof(blocks.changes));
	assert_int_equal(guard_apply(&blocks, &order, 50, &error), 0);
	expect_changed(GUARD_LIFTED, "80");
	assert_int_equal(guard_apply(&blocks, &order, 51, &error), 0);
	expect_changed(GUARD_LIFTED, "80,6515");
	assert_int_not_equal(slot_of(25), 0);
}

static void the_settings_block_what_they_name_and_no_more(void **state)
{
	(void)state;
	assert_int_equal(block("25", RT_OPERATOR, 0, 0, 10), 0);
	assert_int_equal(follow("25,6515-6516", 20), 0);
	expect_changed(GUARD_NEW, "6515-6516");
	assert_int_equal(blocks.records[slot_of(6515)].origin, RT_SETTINGS);
	assert_int_equal(blocks.records[slot_of(6515)].expires, 0);
	assert_int_equal(blocks.records[slot_of(25)].origin, RT_OPERATOR);
	assert_int_equal(follow("25,6515-6516", 30), 0);
	for (size_t slot = 0; slot < RT_BLOCKS; slot++)
		assert_int_equal(blocks.changes[slot], GUARD_SAME);

	assert_int_equal(follow("6516", 40), 0);
	expect_changed(GUARD_LIFTED, "6515");
	assert_int_not_equal(slot_of(25), 0);
	assert_int_not_equal(slot_of(6516), 0);
	assert_int_equal(follow("", 50), 0);
	expect_changed(GUARD_LIFTED, "6516");
	assert_int_equal(guard_count(&blocks), 1);
	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		if (blocks.records[slot].lifted)
			assert_int_equal(blocks.records[slot].lifted_by, RT_LIFT_SETTINGS);
	/* What they name no more makes room for what they name. */
	assert_int_equal(follow("1001-1254", 60), 0);
	assert_int_equal(follow("2001-2254", 70), 0);
	expect_changed(GUARD_NEW, "2001-2254");
	assert_int_equal(follow("2001-2255", 80), -1);
}

static void a_block_of_the_settings_gives_way_to_an_operator_alone(void **state)
{
	__u8 slot;

	(void)state;
	assert_int_equal(block("6515", RT_ENGINE, 90, 7, 10), 0);
	slot = slot_of(6515);
	assert_int_equal(follow("6515", 20), 0);
	expect_changed(GUARD_RENEWED, "6515");
	assert_int_equal(blocks.records[slot].origin, RT_SETTINGS);
	assert_int_equal(blocks.records[slot].expires, 0);
	assert_int_equal(blocks.records[slot].birth, 0);
	assert_int_equal(block("6515", RT_ENGINE, 90, 7, 30), 0);
	expect_changed(GUARD_RENEWED, "");
	assert_int_equal(block("6515", RT_OPERATOR, 0, 0, 40), 0);
	assert_int_equal(blocks.records[slot].origin, RT_OPERATOR);
	assert_int_equal(follow("", 50), 0);
	assert_int_equal(slot_of(6515), slot);
	/* An operator's with an end: what is to last must not end with it. */
	assert_int_equal(block("6515", RT_OPERATOR, 90, 0, 60), 0);
	assert_int_equal(follow("6515", 70), 0);
	assert_int_equal(blocks.records[slot].origin, RT_SETTINGS);
	assert_int_equal(blocks.records[slot].expires, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_port_gets_a_slot_and_keeps_it, setup),
		cmocka_unit_test_setup(the_slot_lifted_longest_ago_is_given_away, setup),
		cmocka_unit_test_setup(too_many_change_nothing, setup),
		cmocka_unit_test_setup(an_operator_has_the_last_word, setup),
		cmocka_unit_test_setup(of_two_ends_the_later_one_counts, setup),
		cmocka_unit_test_setup(a_service_is_released_alone, setup),
		cmocka_unit_test_setup(what_has_expired_is_lifted, setup),
		cmocka_unit_test_setup(the_settings_block_what_they_name_and_no_more, setup),
		cmocka_unit_test_setup(a_block_of_the_settings_gives_way_to_an_operator_alone, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
