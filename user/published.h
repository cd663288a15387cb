/* SPDX-License-Identifier: GPL-2.0 */
/* The verdicts of the running daemon, in a map that all commands may read. */
#ifndef RELAYTRAP_PUBLISHED_H
#define RELAYTRAP_PUBLISHED_H

#include "judge.h"
#include "kernel.h"
#include "view.h"

/* Writes the verdicts of @view, which is judged. */
int published_write(struct kernel *kernel, const struct view *view, struct error *error);

/*
 * Takes the verdicts over into @view and puts it in order. Services that no daemon has judged stay
 * unjudged; a verdict older than @fresh ns says so.
 */
void published_read(struct kernel *kernel, struct view *view, __u64 fresh);

/* Lets @judge go on with all that was said before. */
int published_inherit(struct kernel *kernel, struct judge *judge, struct error *error);

#endif
