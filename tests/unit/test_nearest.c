// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include "nearest.h"

static const char *meant(const char *typed)
{
	static const char *const names[] = {"run",  "top",      "status",         "check",  "unload",
					    "port", "interval", "pairing_window", "pin_dir"};
	struct nearest nearest;

	nearest_start(&nearest, typed);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		nearest_offer(&nearest, names[i]);
	return nearest.name ? nearest.name : "(nothing)";
}

static void slips_are_understood(void **state)
{
	static const char *const cases[][2] = {
		{"tpo", "top"},       /* swapped */
		{"topp", "top"},      /* one too many */
		{"rn", "run"},        /* one too few */
		{"stbtus", "status"}, /* another */
		{"chekc", "check"},   /* at the end */
		{"nuload", "unload"}, /* at the start */
		{"STATUS", "status"}, /* case */
		{"pairing-window", "pairing_window"},
		{"pairingwindow", "pairing_window"},
		{"pinddir", "pin_dir"},
		{"prot", "port"},
		{"ports", "port"},
		{"intervall", "interval"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(meant(cases[i][0]), cases[i][1]);
}

static void other_words_are_not(void **state)
{
	static const char *const cases[] = {"",
					    "x",
					    "list",
					    "verify",
					    "fan_out",
					    "windows of opportunity",
					    "1234567890123456789012345678901",
					    "12345678901234567890123456789012",
					    "a name far longer than any that stands in a table"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(meant(cases[i]), "(nothing)");
}

static void the_closest_wins_wherever_it_stands(void **state)
{
	static const char *const names[] = {"statut", "status", "statu"};
	struct nearest nearest;

	(void)state;
	for (size_t first = 0; first < ARRAY_SIZE(names); first++) {
		nearest_start(&nearest, "status");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			nearest_offer(&nearest, names[(first + i) % ARRAY_SIZE(names)]);
		assert_string_equal(nearest.name, "status");
		assert_int_equal(nearest.cost, 0);
	}
}

static void each_slip_costs_one(void **state)
{
	static const struct {
		const char *typed, *name;
		unsigned int cost;
	} cases[] = {
		{"interval", "interval", 0}, {"Interval", "interval", 0}, {"intreval", "interval", 1},
		{"nterval", "interval", 1},  {"interva", "interval", 1},  {"inter-val", "interval", 1},
		{"intervel", "interval", 1}, {"ntervla", "interval", 2},  {"intervals_", "interval", 2},
	};
	struct nearest nearest;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		nearest_start(&nearest, cases[i].typed);
		nearest_offer(&nearest, cases[i].name);
		assert_non_null(nearest.name);
		assert_int_equal(nearest.cost, cases[i].cost);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_understood),
		cmocka_unit_test(other_words_are_not),
		cmocka_unit_test(the_closest_wins_wherever_it_stands),
		cmocka_unit_test(each_slip_costs_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
