// SPDX-License-Identifier: GPL-2.0
#include "units.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

struct unit {
	const char *name;
	__u64 ns;
};

/* Longest first: the formatter takes the first that divides. */
static const struct unit units[] = {
	{"h", 3600 * NS_PER_S}, {"m", 60 * NS_PER_S}, {"s", NS_PER_S},
	{"ms", NS_PER_MS},      {"us", 1000},         {"ns", 1},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* *@value = *@value * @factor + @more, or false if 64 bits are too few. */
static bool grow(__u64 *value, __u64 factor, __u64 more)
{
	return !__builtin_mul_overflow(*value, factor, value) && !__builtin_add_overflow(*value, more, value);
}

/* The digits at *@text, which moves on past them; false if 64 bits are too few. */
static bool take_digits(const char **text, __u64 *value)
{
	bool fits = true;

	for (*value = 0; is_digit(**text); ++*text)
		fits = fits && grow(value, 10, **text - '0');
	return fits;
}

int units_parse_count(__u64 *count, const char *text, __u64 min, __u64 max, struct error *error)
{
	char shown[TEXT_SHOWN];
	const char *end = text;
	__u64 value;
	bool fits = take_digits(&end, &value);

	text_shown(shown, text);
	if (end == text || *end)
		return fail(error, "\"%s\" is not a whole number from %llu to %llu", shown, min, max);
	if (!fits || value < min || value > max)
		return fail(error, "%s is out of range: give %llu to %llu", shown, min, max);
	*count = value;
	return 0;
}

/* The unit that @text spells, NULL if none. */
static const struct unit *find_unit(const char *text, bool bare_seconds)
{
	if (!*text && bare_seconds)
		text = "s";
	for (size_t i = 0; i < UNIT_COUNT; i++)
		if (!strcmp(text, units[i].name))
			return &units[i];
	return NULL;
}

/* A number in text, taken apart. */
struct decimal {
	__u64 whole;
	bool fits;            /* whole does */
	const char *fraction; /* digits behind the point, if any */
	size_t fraction_length;
	const char *rest; /* what follows the number */
};

/* False if @text does not start with a number. */
static bool take_decimal(struct decimal *decimal, const char *text)
{
	decimal->rest = text;
	decimal->fits = take_digits(&decimal->rest, &decimal->whole);
	decimal->fraction = decimal->rest;
	decimal->fraction_length = 0;
	if (decimal->rest == text)
		return false;
	if (*decimal->rest != '.')
		return true;
	decimal->fraction = ++decimal->rest;
	while (is_digit(*decimal->rest))
		decimal->rest++;
	decimal->fraction_length = decimal->rest - decimal->fraction;
	return decimal->fraction_length;
}

/* In ns, @unit ns each; false if 64 bits are too few. */
static bool decimal_ns(__u64 *ns, const struct decimal *decimal, __u64 unit)
{
	__u64 numerator = 0, denominator = 1;

	/* An hour has less than 10^13 ns: later digits of the fraction are less than one of them. */
	for (size_t i = 0; i < decimal->fraction_length && i < 13; i++) {
		numerator = numerator * 10 + (decimal->fraction[i] - '0');
		denominator *= 10;
	}
	*ns = decimal->whole;
	return decimal->fits && grow(ns, unit, (unsigned __int128)numerator * unit / denominator);
}

int units_parse_duration(__u64 *ns, const char *text, __u64 min, __u64 max, bool bare_seconds,
			 struct error *error)
{
	char shown[TEXT_SHOWN], low[UNITS_TEXT], high[UNITS_TEXT];
	const struct unit *unit;
	struct decimal decimal;
	__u64 value;

	text_shown(shown, text);
	if (!take_decimal(&decimal, text))
		return fail(error, "\"%s\" is not a duration such as 500ms, 10s, 5m or 1h", shown);
	unit = find_unit(decimal.rest, bare_seconds);
	if (!unit && !*decimal.rest)
		return fail(error, "\"%s\" lacks a unit: write %ss for seconds, or ms, m, h", shown, shown);
	if (!unit)
		return fail(error, "\"%s\" has an unknown unit: use ms, s, m or h", shown);
	if (!decimal_ns(&value, &decimal, unit->ns) || value < min || value > max) {
		units_format_duration(low, min);
		units_format_duration(high, max);
		return fail(error, "%s is out of range: give %s to %s", shown, low, high);
	}
	*ns = value;
	return 0;
}

void units_format_duration(char text[UNITS_TEXT], __u64 ns)
{
	size_t i = 0;

	if (!ns) {
		snprintf(text, UNITS_TEXT, "0s");
		return;
	}
	while (ns % units[i].ns)
		i++;
	snprintf(text, UNITS_TEXT, "%llu%s", ns / units[i].ns, units[i].name);
}

void units_format_age(char text[UNITS_TEXT], __u64 ns)
{
	__u64 seconds = ns / NS_PER_S, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

	if (!minutes)
		snprintf(text, UNITS_TEXT, "%llus", seconds);
	else if (!hours)
		snprintf(text, UNITS_TEXT, "%llum%02llus", minutes, seconds % 60);
	else if (!days)
		snprintf(text, UNITS_TEXT, "%lluh%02llum", hours, minutes % 60);
	else if (days < 100)
		snprintf(text, UNITS_TEXT, "%llud%02lluh", days, hours % 24);
	else if (days < 100000)
		snprintf(text, UNITS_TEXT, "%llud", days);
	else
		snprintf(text, UNITS_TEXT, "%lluy", days / 365);
}

static void format_scaled(char text[UNITS_TEXT], __u64 value)
{
	__u64 step = 1000;
	const char *suffix = "KMGTPE";

	for (; value / step >= 1000; step *= 1000)
		suffix++;
	snprintf(text, UNITS_TEXT, "%llu.%llu%c", value / step, value / (step / 10) % 10, *suffix);
}

void units_format_bytes(char text[UNITS_TEXT], __u64 bytes)
{
	if (bytes < 1000)
		snprintf(text, UNITS_TEXT, "%llu", bytes);
	else
		format_scaled(text, bytes);
}

void units_format_count(char text[UNITS_TEXT], __u64 count)
{
	if (count < 1000000)
		snprintf(text, UNITS_TEXT, "%llu", count);
	else
		format_scaled(text, count);
}
