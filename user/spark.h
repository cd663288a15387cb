/* SPDX-License-Identifier: GPL-2.0 */
/* The last minute of a figure, second by second, and how it is drawn in one line. Pure. */
#ifndef RELAYTRAP_SPARK_H
#define RELAYTRAP_SPARK_H

#include <stdbool.h>

#include <linux/types.h>

#define MINUTE 60

/* Seconds count on any clock that does not go back; the newest stands last. */
struct minute {
	float values[MINUTE];
	__u64 newest;
	unsigned int known; /* the last so many of the values */
};

/*
 * Takes in what a figure was up to @second. Seconds that nothing was said of since the call before
 * were the same; of one second the greatest value stays.
 */
void minute_add(struct minute *minute, __u64 second, double value);

/* The greatest value that is known, 0 if none is. */
double minute_peak(const struct minute *minute);

/* The characters that lines are drawn with. */
struct glyphs {
	const char *levels[8]; /* of a sparkline: nothing, then less to more */
	const char *closed;    /* a service whose processes are not shown */
	const char *open;
	const char *branch; /* a process below its service */
	const char *last;   /* the last one */
	const char *rule;
	const char *falling; /* the order of a column */
	const char *dot;
};

/* Such as the reader's terminal can show: beyond ASCII only with @utf8. */
const struct glyphs *glyphs_for(bool utf8);

/* Room for a line of sparks, the NUL included. */
#define SPARK_SIZE (3 * MINUTE + 1)

/*
 * Draws the last minute in @width columns, MINUTE at most: where it is less each stands for some seconds
 * and shows the greatest value of them. The line reaches from 0 to the peak; seconds that are not known
 * are blank.
 */
void spark_draw(char text[SPARK_SIZE], const struct minute *minute, unsigned int width,
		const struct glyphs *glyphs);

#endif
