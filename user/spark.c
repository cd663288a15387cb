// SPDX-License-Identifier: GPL-2.0
#include "spark.h"

#include <stddef.h>
#include <string.h>

#define LEVELS 8

static const struct glyphs utf8_glyphs = {
	.levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	.closed = "▸",
	.open = "▾",
	.branch = "├",
	.last = "└",
	.rule = "─",
	.falling = "▾",
	.dot = "·",
};

static const struct glyphs ascii_glyphs = {
	.levels = {"_", ".", ":", "-", "=", "+", "*", "#"},
	.closed = "+",
	.open = "-",
	.branch = "|",
	.last = "`",
	.rule = "-",
	.falling = "*",
	.dot = "-",
};

const struct glyphs *glyphs_for(bool utf8)
{
	return utf8 ? &utf8_glyphs : &ascii_glyphs;
}

static void push(struct minute *minute, float value)
{
	memmove(minute->values, minute->values + 1, sizeof(minute->values) - sizeof(minute->values[0]));
	minute->values[MINUTE - 1] = value;
	if (minute->known < MINUTE)
		minute->known++;
}

void minute_add(struct minute *minute, __u64 second, double value)
{
	float *newest = &minute->values[MINUTE - 1];
	__u64 passed = second - minute->newest;

	if (!minute->known || second < minute->newest)
		*minute = (struct minute){.newest = second};
	if (minute->known && !passed) {
		*newest = value > *newest ? (float)value : *newest;
		return;
	}
	if (!minute->known || passed > MINUTE)
		passed = minute->known ? MINUTE : 1;
	while (passed--)
		push(minute, (float)value);
	minute->newest = second;
}

double minute_peak(const struct minute *minute)
{
	float peak = 0;

	for (unsigned int i = MINUTE - minute->known; i < MINUTE; i++)
		peak = minute->values[i] > peak ? minute->values[i] : peak;
	return peak;
}

/* What is more than nothing shows as more than nothing. */
static unsigned int level(double value, double peak)
{
	unsigned int level = peak > 0 ? (unsigned int)(value / peak * (LEVELS - 1) + 0.5) : 0;

	if (value > 0 && !level)
		level = 1;
	return level < LEVELS ? level : LEVELS - 1;
}

void spark_draw(char text[SPARK_SIZE], const struct minute *minute, unsigned int width,
		const struct glyphs *glyphs)
{
	double peak = minute_peak(minute);
	char *end = text;

	if (width > MINUTE)
		width = MINUTE;
	for (unsigned int i = 0; i < width; i++) {
		double greatest = -1;

		for (unsigned int j = i * MINUTE / width; j < (i + 1) * MINUTE / width; j++)
			if (j >= MINUTE - minute->known && minute->values[j] > greatest)
				greatest = minute->values[j];
		end = stpcpy(end, greatest < 0 ? " " : glyphs->levels[level(greatest, peak)]);
	}
	*end = '\0';
}
