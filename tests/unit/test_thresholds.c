// SPDX-License-Identifier: GPL-2.0
#include "thresholds.h"
#include "units.h"

#include "common.h"

static void defaults_are_in_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < THRESHOLDS; i++) {
		const struct threshold *row = &thresholds_table[i];

		assert_true(row->min <= row->fallback && row->fallback <= row->max);
		assert_true(row->unit != THRESHOLD_PERCENT || row->max <= 100);
	}
}

/* By these a relay is one at its 25th upstream, a mail relay at its 10th. */
static void defaults(void **state)
{
	struct thresholds thresholds;
	char text[THRESHOLDS_TEXT];
	size_t length;

	(void)state;
	thresholds_default(&thresholds);
	assert_int_equal(thresholds_relaying(thresholds.fan_out), 25);
	assert_int_equal(thresholds_relaying(thresholds.mail_fan_out), 10);
	length = thresholds_write(text, &thresholds);
	assert_int_equal(length, strlen(text));
	assert_string_equal(text, "window=5m hold=5m min_accepts=1 fan_out=20 mail_fan_out=8 paired_share=50 "
				  "step_share=50 reader_share=30 byte_tolerance=10 private_weight=25");
}

static void values_are_taken(void **state)
{
	struct thresholds t;
	struct error error;

	(void)state;
	thresholds_default(&t);
	assert_int_equal(thresholds_set(&t, "window", "90s", &error), 0);
	assert_int_equal(t.window, 90 * NS_PER_S);
	assert_int_equal(thresholds_set(&t, "hold", "0s", &error), 0);
	assert_int_equal(t.hold, 0);
	assert_int_equal(thresholds_set(&t, "fan_out", "1000000", &error), 0);
	assert_int_equal(t.fan_out, 1000000);
	assert_int_equal(thresholds_set(&t, "step_share", "60%", &error), 0);
	assert_int_equal(t.step_share, 60);
	assert_int_equal(thresholds_set(&t, "private_weight", "0", &error), 0);
	assert_int_equal(t.private_weight, 0);
}

struct refusal {
	const char *name;
	const char *value;
	const char *reason;
};

static const struct refusal refusals[] = {
	{"fan_out", "1", "fan_out: 1 is out of range: give 2 to 1000000"},
	{"fan_out", "many", "fan_out: \"many\" is not a whole number"},
	{"fan_out", "20%", "fan_out: \"20%\" is not a whole number"},
	{"window", "5", "window: \"5\" lacks a unit"},
	{"window", "9s", "window: 9s is out of range: give 10s to 24h"},
	{"paired_share", "0", "paired_share: 0 is out of range: give 1 to 100"},
	{"paired_share", "101%", "paired_share: 101 is out of range"},
	{"paired_share", "%", "paired_share: \"\" is not a whole number"},
	{"paired_share", "1000000000%", "paired_share: \"1000000000%\" is not a whole number"},
	{"fanout", "20", "no threshold is called \"fanout\": did you mean fan_out?"},
	{"colour", "20", "no threshold is called \"colour\""},
};

static void bad_values_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct thresholds before, after;
		struct error error;

		thresholds_default(&before);
		thresholds_default(&after);
		assert_int_equal(thresholds_set(&after, refusals[i].name, refusals[i].value, &error), -1);
		assert_contains(error.text, refusals[i].reason);
		assert_memory_equal(&before, &after, sizeof(before));
	}
}

static void the_longest_text_fits(void **state)
{
	struct thresholds t;
	char text[THRESHOLDS_TEXT];

	(void)state;
	memset(&t, 0xff, sizeof(t));
	assert_in_range(thresholds_write(text, &t), 1, THRESHOLDS_TEXT - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_in_range), cmocka_unit_test(defaults),
		cmocka_unit_test(values_are_taken),      cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(the_longest_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
