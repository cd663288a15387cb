/* SPDX-License-Identifier: GPL-2.0 */
/* What the engine measures against. Pure. */
#ifndef RELAYTRAP_THRESHOLDS_H
#define RELAYTRAP_THRESHOLDS_H

#include <stddef.h>

#include <linux/types.h>

#include "error.h"

/* Ranges, defaults and meanings stand in thresholds_table. */
struct thresholds {
	__u64 window; /* ns; the one that the kernel side counts distinct upstreams with */
	__u64 hold;   /* ns */
	__u64 min_accepts;
	__u64 fan_out;
	__u64 mail_fan_out;
	__u64 paired_share; /* percent, as all that follow */
	__u64 step_share;
	__u64 reader_share;
	__u64 byte_tolerance;
	__u64 private_weight;
};

enum threshold_unit {
	THRESHOLD_DURATION, /* ns */
	THRESHOLD_COUNT,
	THRESHOLD_PERCENT,
};

struct threshold {
	const char *name;
	size_t offset; /* in struct thresholds */
	enum threshold_unit unit;
	__u64 min;
	__u64 max;
	__u64 fallback;
	const char *help; /* one sentence */
};

#define THRESHOLDS 10
extern const struct threshold thresholds_table[THRESHOLDS];

/* Room for all of them as thresholds_write() puts them, the closing NUL included. */
#define THRESHOLDS_TEXT 512

void thresholds_default(struct thresholds *thresholds);

/*
 * Gives the threshold @name the value in @text: "5m", "20", and for a share "60" or "60%". On failure
 * the error names it and the reason, and @thresholds is unchanged.
 */
int thresholds_set(struct thresholds *thresholds, const char *name, const char *text, struct error *error);

/* Writes all as "window=5m hold=5m ...", in the order of the table. Returns the length. */
size_t thresholds_write(char text[THRESHOLDS_TEXT], const struct thresholds *thresholds);

/* From how many distinct upstreams on a service can be relaying: @suspect (fan_out or mail_fan_out) and a quarter. */
__u64 thresholds_relaying(__u64 suspect);

#endif
