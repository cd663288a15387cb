/* SPDX-License-Identifier: GPL-2.0 */
/* What stops a service, or what would, in words. Pure. */
#ifndef RELAYTRAP_REMEDIES_H
#define RELAYTRAP_REMEDIES_H

#include "view.h"

#define REMEDIES_MAX 12
#define REMEDY_TEXT 256

struct remedies {
	bool contained; /* the first one says what stops it */
	bool blocked;   /* a port of it */
	unsigned int count;
	char text[REMEDIES_MAX][REMEDY_TEXT]; /* printable ASCII, no closing stop */
};

/* What stops @service, which is contained, or would in dry-run: facts with commas between them. */
void containment_words(char text[REMEDY_TEXT], const struct view *view, const struct view_service *service);

/* What is in force for @service, one of @view, and what a person can do. */
void remedies_find(struct remedies *remedies, const struct view *view, const struct view_service *service);

#endif
