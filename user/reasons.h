/* SPDX-License-Identifier: GPL-2.0 */
/* A verdict's reasons, in words and numbers that an administrator can check. Pure. */
#ifndef RELAYTRAP_REASONS_H
#define RELAYTRAP_REASONS_H

#include "engine.h"

#define REASONS_MAX 14
#define REASON_TEXT 128

struct reasons {
	unsigned int count;
	char text[REASONS_MAX][REASON_TEXT]; /* the weightiest first; ASCII, no closing stop */
};

/* Why @judgement says what it says; @thresholds are those it was made with. */
void reasons_write(struct reasons *reasons, const struct judgement *judgement,
		   const struct thresholds *thresholds);

#endif
