// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include "units.h"

#define ALL (~0ULL)
#define HOUR (3600 * NS_PER_S)
#define DAY (24 * HOUR)

struct pair {
	const char *text;
	__u64 value;
};

static void counts(void **state)
{
	static const struct pair cases[] = {
		{"0", 0}, {"7", 7}, {"007", 7}, {"4294967296", 4294967296}, {"18446744073709551615", ALL},
	};
	struct error error;
	__u64 count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(units_parse_count(&count, cases[i].text, 0, ALL, &error), 0);
		assert_int_equal(count, cases[i].value);
	}
}

static void counts_refused(void **state)
{
	static const char *const cases[] = {"",    " ",  "-1",  "+1", "1 ",  " 1",   "1.0",
					    "0x1", "1k", "one", "1,", "1e3", "1\n2", "\xd9\xa1"};
	struct error error = {0};
	__u64 count = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (units_parse_count(&count, cases[i], 0, ALL, &error) != -1)
			fail_msg("\"%s\" accepted", cases[i]);
		assert_contains(error.text, "is not a whole number from 0 to");
	}
	assert_int_equal(count, 42);
}

static void counts_out_of_range(void **state)
{
	static const char *const cases[] = {"0",
					    "1",
					    "65537",
					    "4294967298",
					    "18446744073709551616",
					    "18446744073709551618",
					    "99999999999999999999999999999999"};
	struct error error = {0};
	__u64 count = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(units_parse_count(&count, cases[i], 2, 65536, &error), -1);
		assert_contains(error.text, cases[i]);
		assert_contains(error.text, "give 2 to 65536");
	}
	assert_int_equal(count, 42);
	assert_int_equal(units_parse_count(&count, "2", 2, 65536, &error), 0);
	assert_int_equal(units_parse_count(&count, "65536", 2, 65536, &error), 0);
}

static void a_count_beyond_64_bits_is_beyond_any_range(void **state)
{
	struct error error;
	__u64 count;

	(void)state;
	assert_int_equal(units_parse_count(&count, "18446744073709551616", 0, ALL, &error), -1);
}

static void durations(void **state)
{
	static const struct pair cases[] = {
		{"0s", 0},
		{"0ms", 0},
		{"1ns", 1},
		{"1us", 1000},
		{"500ms", 500000000},
		{"10s", 10000000000},
		{"5m", 300000000000},
		{"1h", 3600000000000},
		{"24h", 86400000000000},
		{"0.5s", 500000000},
		{"0.50s", 500000000},
		{"1.5h", 5400000000000},
		{"2.0m", 120000000000},
		{"0.000000001s", 1},
		{"0.0000000019s", 1},
		{"0.1ns", 0},
		{"1.999999999s", 1999999999},
		{"0.00000000000000000000000000000000000000001h", 0},
		{"0.0000000000003h", 1},
		{"0.99999999999999999999999999999999999999999s", 999999999},
		{"18446744073709551615ns", ALL},
		{"5124095.5h", 18446743800000000000ULL},
	};
	struct error error = {0};
	__u64 ns;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (units_parse_duration(&ns, cases[i].text, 0, ALL, false, &error))
			fail_msg("\"%s\" refused: %s", cases[i].text, error.text);
		if (ns != cases[i].value)
			fail_msg("\"%s\" gives %llu", cases[i].text, ns);
	}
}

static void a_number_alone_is_seconds_only_where_allowed(void **state)
{
	static const struct pair cases[] = {
		{"0", 0},
		{"1", NS_PER_S},
		{"0.5", NS_PER_S / 2},
		{"1.25", 1250 * NS_PER_MS},
		{"3m", 180 * NS_PER_S},
	};
	struct error error = {0};
	__u64 ns;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(units_parse_duration(&ns, cases[i].text, 0, ALL, true, &error), 0);
		assert_int_equal(ns, cases[i].value);
	}
	assert_int_equal(units_parse_duration(&ns, "0.5", 0, ALL, false, &error), -1);
	assert_contains(error.text, "\"0.5\" lacks a unit: write 0.5s");
}

struct refusal {
	const char *text;
	const char *reason;
};

static void durations_refused(void **state)
{
	static const struct refusal cases[] = {
		{"", "\"\" is not a duration such as"},
		{"s", "\"s\" is not a duration"},
		{".5s", "\".5s\" is not a duration"},
		{"5.s", "\"5.s\" is not a duration"},
		{".", "\".\" is not a duration"},
		{"-5s", "\"-5s\" is not a duration"},
		{"+5s", "\"+5s\" is not a duration"},
		{" 5s", "\" 5s\" is not a duration"},
		{"inf", "\"inf\" is not a duration"},
		{"nan", "\"nan\" is not a duration"},
		{"5", "\"5\" lacks a unit: write 5s"},
		{"5 s", "\"5 s\" has an unknown unit"},
		{"5s ", "\"5s \" has an unknown unit"},
		{"5S", "\"5S\" has an unknown unit"},
		{"5d", "\"5d\" has an unknown unit"},
		{"5sec", "\"5sec\" has an unknown unit: use ms, s, m or h"},
		{"1h30m", "\"1h30m\" has an unknown unit"},
		{"1.5.5s", "\"1.5.5s\" has an unknown unit"},
		{"1,5s", "\"1,5s\" has an unknown unit"},
		{"1e3s", "\"1e3s\" has an unknown unit"},
		{"0x10s", "\"0x10s\" has an unknown unit"},
		{"5\033[0m", "\"5\\x1b[0m\" has an unknown unit"},
		{"999ms", "999ms is out of range: give 1s to 1h"},
		{"0s", "0s is out of range"},
		{"61m", "61m is out of range: give 1s to 1h"},
		{"3600.000000001s", "3600.000000001s is out of range"},
		{"18446744073709551616ns", "out of range"},
		{"18446744073709551617s", "out of range"},
		{"5124096h", "out of range"},           /* 64 bits of ns overflow */
		{"18446744073709552s", "out of range"}, /* and come round to about nothing */
		{"99999999999999999999999999999999999h", "out of range"},
	};
	struct error error = {0};
	__u64 ns = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (units_parse_duration(&ns, cases[i].text, NS_PER_S, HOUR, false, &error) != -1)
			fail_msg("\"%s\" accepted", cases[i].text);
		assert_contains(error.text, cases[i].reason);
	}
	assert_int_equal(ns, 42);
}

static void limits_are_within(void **state)
{
	struct error error;
	__u64 ns;

	(void)state;
	assert_int_equal(units_parse_duration(&ns, "1s", NS_PER_S, HOUR, false, &error), 0);
	assert_int_equal(units_parse_duration(&ns, "1h", NS_PER_S, HOUR, false, &error), 0);
}

typedef void format(char text[UNITS_TEXT], __u64 value);

static void check_format(format *write, const struct pair *cases, size_t count)
{
	char text[UNITS_TEXT];

	for (size_t i = 0; i < count; i++) {
		write(text, cases[i].value);
		assert_string_equal(text, cases[i].text);
	}
}

static void durations_written(void **state)
{
	static const struct pair cases[] = {
		{"0s", 0},
		{"1ns", 1},
		{"1us", 1000},
		{"1001ns", 1001},
		{"500ms", 500 * NS_PER_MS},
		{"1500ms", 1500 * NS_PER_MS},
		{"1s", NS_PER_S},
		{"90s", 90 * NS_PER_S},
		{"5m", 300 * NS_PER_S},
		{"1h", HOUR},
		{"90m", 5400 * NS_PER_S},
		{"48h", 2 * DAY},
		{"18446744073709551615ns", ALL},
	};

	(void)state;
	check_format(units_format_duration, cases, ARRAY_SIZE(cases));
}

/* Values of every size, the edges of powers of two and of ten among them. */
static __u64 sample(int i)
{
	__u64 power = 1;

	if (i < 192)
		return (1ULL << i / 3) + i % 3 - 1;
	for (i -= 192; i >= 3; i -= 3)
		power *= 10;
	return power + i - 1;
}

#define SAMPLES (192 + 60)

static void durations_read_back(void **state)
{
	char text[UNITS_TEXT];
	struct error error;
	__u64 ns;

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		units_format_duration(text, sample(i));
		assert_int_equal(units_parse_duration(&ns, text, 0, ALL, false, &error), 0);
		assert_int_equal(ns, sample(i));
	}
}

static void ages(void **state)
{
	static const struct pair cases[] = {
		{"0s", 0},
		{"0s", NS_PER_S - 1},
		{"59s", 60 * NS_PER_S - 1},
		{"1m00s", 60 * NS_PER_S},
		{"5m03s", 303 * NS_PER_S},
		{"59m59s", HOUR - 1},
		{"1h00m", HOUR},
		{"23h59m", DAY - 1},
		{"1d00h", DAY},
		{"99d23h", 100 * DAY - 1},
		{"100d", 100 * DAY},
		{"99999d", 99999 * DAY},
		{"273y", 100000 * DAY},
		{"584y", ALL},
	};

	(void)state;
	check_format(units_format_age, cases, ARRAY_SIZE(cases));
}

static void bytes(void **state)
{
	static const struct pair cases[] = {
		{"0", 0},
		{"999", 999},
		{"1.0K", 1000},
		{"1.0K", 1099},
		{"1.1K", 1100},
		{"12.3K", 12345},
		{"999.9K", 999999}, /* not 1000.0K */
		{"1.0M", 1000000},
		{"12.3M", 12345678},
		{"999.9M", 999999999},
		{"1.0G", 1000000000},
		{"999.9G", 999999999999},
		{"1.0T", 1000000000000},
		{"999.9T", 999999999999999},
		{"1.0P", 1000000000000000},
		{"999.9P", 999999999999999999},
		{"1.0E", 1000000000000000000},
		{"18.4E", ALL},
	};

	(void)state;
	check_format(units_format_bytes, cases, ARRAY_SIZE(cases));
}

static void counts_written(void **state)
{
	static const struct pair cases[] = {
		{"0", 0},          {"1000", 1000},    {"99999", 99999}, {"999999", 999999},
		{"1.0M", 1000000}, {"1.9M", 1999999}, {"18.4E", ALL},
	};

	(void)state;
	check_format(units_format_count, cases, ARRAY_SIZE(cases));
}

static void tables_need_6_columns(void **state)
{
	static format *const formats[] = {units_format_age, units_format_bytes, units_format_count};
	char text[UNITS_TEXT];

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(formats); f++)
		for (int i = 0; i < SAMPLES; i++) {
			formats[f](text, sample(i));
			assert_in_range(strlen(text), 1, 6);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(counts_refused),
		cmocka_unit_test(counts_out_of_range),
		cmocka_unit_test(a_count_beyond_64_bits_is_beyond_any_range),
		cmocka_unit_test(durations),
		cmocka_unit_test(a_number_alone_is_seconds_only_where_allowed),
		cmocka_unit_test(durations_refused),
		cmocka_unit_test(limits_are_within),
		cmocka_unit_test(durations_written),
		cmocka_unit_test(durations_read_back),
		cmocka_unit_test(ages),
		cmocka_unit_test(bytes),
		cmocka_unit_test(counts_written),
		cmocka_unit_test(tables_need_6_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
