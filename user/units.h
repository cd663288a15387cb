/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers with their units, from text and to text. Pure; no locale: the decimal point is '.'. */
#ifndef RELAYTRAP_UNITS_H
#define RELAYTRAP_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "error.h"

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL

/* Room for any text that a units_format_*() function writes, the NUL included. */
#define UNITS_TEXT 24

/* A whole number in decimal digits, nothing else around it, from @min to @max. */
int units_parse_count(__u64 *count, const char *text, __u64 min, __u64 max, struct error *error);

/*
 * A duration of @min to @max ns: "500ms", "10s", "0.5h"; units are ns, us, ms, s, m, h. With
 * @bare_seconds a number without a unit is seconds, else it is refused. Parts of a nanosecond
 * are dropped. On failure *@ns is unchanged, as is *@count above.
 */
int units_parse_duration(__u64 *ns, const char *text, __u64 min, __u64 max, bool bare_seconds,
			 struct error *error);

/* The shortest whole number with a unit that units_parse_duration() reads as @ns: "5m", "90s", "0s". */
void units_format_duration(char text[UNITS_TEXT], __u64 ns);

/* For tables, at most 6 columns: "0s", "59s", "5m03s", "23h59m", "99d23h", "12345d", "580y". */
void units_format_age(char text[UNITS_TEXT], __u64 ns);

/*
 * For tables, at most 6 columns, rounded down: "999", "1.0K", "12.3M", "999.9G", "18.4E". Steps are
 * of 1000.
 */
void units_format_bytes(char text[UNITS_TEXT], __u64 bytes);

/* The same, but exact up to "999999", from where it goes on with "1.0M". */
void units_format_count(char text[UNITS_TEXT], __u64 count);

#endif
