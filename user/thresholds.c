// SPDX-License-Identifier: GPL-2.0
#include "thresholds.h"

#include <stdio.h>
#include <string.h>

#include "nearest.h"
#include "text.h"
#include "units.h"

#define HOUR (3600 * NS_PER_S)
#define MOST_UPSTREAMS 1000000

/* clang-format off */
const struct threshold thresholds_table[THRESHOLDS] = {
	{ .name = "window", .offset = offsetof(struct thresholds, window), .unit = THRESHOLD_DURATION,
	  .min = 10 * NS_PER_S, .max = 24 * HOUR, .fallback = 300 * NS_PER_S,
	  .help = "Time for which an upstream or a client counts towards the distinct ones." },
	{ .name = "hold", .offset = offsetof(struct thresholds, hold), .unit = THRESHOLD_DURATION,
	  .min = 0, .max = 24 * HOUR, .fallback = 300 * NS_PER_S,
	  .help = "Time without its evidence after which a verdict falls by one step." },
	{ .name = "min_accepts", .offset = offsetof(struct thresholds, min_accepts), .unit = THRESHOLD_COUNT,
	  .min = 1, .max = MOST_UPSTREAMS, .fallback = 1,
	  .help = "Accepted connections, in the window or open, below which no service is suspect." },
	{ .name = "fan_out", .offset = offsetof(struct thresholds, fan_out), .unit = THRESHOLD_COUNT,
	  .min = 2, .max = MOST_UPSTREAMS, .fallback = 20,
	  .help = "Distinct upstreams from which on a service can be suspect; relaying from a quarter more." },
	{ .name = "mail_fan_out", .offset = offsetof(struct thresholds, mail_fan_out), .unit = THRESHOLD_COUNT,
	  .min = 2, .max = MOST_UPSTREAMS, .fallback = 8,
	  .help = "The same for distinct mail servers." },
	{ .name = "paired_share", .offset = offsetof(struct thresholds, paired_share), .unit = THRESHOLD_PERCENT,
	  .min = 1, .max = 100, .fallback = 50,
	  .help = "Share of the outgoing connections that must follow from accepted ones." },
	{ .name = "step_share", .offset = offsetof(struct thresholds, step_share), .unit = THRESHOLD_PERCENT,
	  .min = 1, .max = 100, .fallback = 50,
	  .help = "Share of connections that must come as one accepted and one outgoing to count as being in step." },
	{ .name = "reader_share", .offset = offsetof(struct thresholds, reader_share), .unit = THRESHOLD_PERCENT,
	  .min = 1, .max = 100, .fallback = 30,
	  .help = "Share of upstream connections that a process must read which also reads accepted ones." },
	{ .name = "byte_tolerance", .offset = offsetof(struct thresholds, byte_tolerance), .unit = THRESHOLD_PERCENT,
	  .min = 0, .max = 50, .fallback = 10,
	  .help = "How far the bytes of both sides may be apart and still match." },
	{ .name = "private_weight", .offset = offsetof(struct thresholds, private_weight), .unit = THRESHOLD_PERCENT,
	  .min = 0, .max = 100, .fallback = 25,
	  .help = "What an upstream on a private network counts, compared with another." },
};
/* clang-format on */

static __u64 *field(struct thresholds *thresholds, const struct threshold *row)
{
	return (__u64 *)((char *)thresholds + row->offset);
}

void thresholds_default(struct thresholds *thresholds)
{
	for (size_t i = 0; i < THRESHOLDS; i++)
		*field(thresholds, &thresholds_table[i]) = thresholds_table[i].fallback;
}

static int unknown_name(const char *name, struct error *error)
{
	struct nearest nearest;
	char shown[TEXT_SHOWN];

	nearest_start(&nearest, name);
	for (size_t i = 0; i < THRESHOLDS; i++)
		nearest_offer(&nearest, thresholds_table[i].name);
	text_shown(shown, name);
	if (nearest.name)
		return fail(error, "no threshold is called \"%s\": did you mean %s?", shown, nearest.name);
	return fail(error, "no threshold is called \"%s\"", shown);
}

static int parse_percent(__u64 *value, const char *text, const struct threshold *row, struct error *error)
{
	char digits[8];
	size_t length = strlen(text);

	if (length && text[length - 1] == '%')
		length--;
	/* Too long to be in range, and it is no number that is cut: let the parser quote it. */
	if (length >= sizeof(digits))
		return units_parse_count(value, text, row->min, row->max, error);
	memcpy(digits, text, length);
	digits[length] = '\0';
	return units_parse_count(value, digits, row->min, row->max, error);
}

int thresholds_set(struct thresholds *thresholds, const char *name, const char *text, struct error *error)
{
	const struct threshold *row = NULL;
	struct error reason;
	__u64 value;
	int result;

	for (size_t i = 0; i < THRESHOLDS && !row; i++)
		if (!strcmp(thresholds_table[i].name, name))
			row = &thresholds_table[i];
	if (!row)
		return unknown_name(name, error);
	if (row->unit == THRESHOLD_DURATION)
		result = units_parse_duration(&value, text, row->min, row->max, false, &reason);
	else if (row->unit == THRESHOLD_PERCENT)
		result = parse_percent(&value, text, row, &reason);
	else
		result = units_parse_count(&value, text, row->min, row->max, &reason);
	if (result)
		return fail(error, "%s: %.400s", row->name, reason.text);
	*field(thresholds, row) = value;
	return 0;
}

size_t thresholds_write(char text[THRESHOLDS_TEXT], const struct thresholds *thresholds)
{
	struct thresholds copy = *thresholds;
	size_t length = 0;

	for (size_t i = 0; i < THRESHOLDS; i++) {
		const struct threshold *row = &thresholds_table[i];
		__u64 value = *field(&copy, row);
		char shown[UNITS_TEXT];

		if (row->unit == THRESHOLD_DURATION)
			units_format_duration(shown, value);
		else
			snprintf(shown, sizeof(shown), "%llu", value);
		length += snprintf(text + length, THRESHOLDS_TEXT - length, "%s%s=%s", i ? " " : "",
				   row->name, shown);
	}
	return length;
}

__u64 thresholds_relaying(__u64 suspect)
{
	return suspect + (suspect + 3) / 4;
}
