/* SPDX-License-Identifier: GPL-2.0 */
/* A view as lines of plain text, for people; the live screen shows the same lines. Pure. */
#ifndef RELAYTRAP_TABLE_H
#define RELAYTRAP_TABLE_H

#include <stdio.h>

#include "error.h"
#include "view.h"

enum table_kind {
	TABLE_SUMMARY,
	TABLE_GUARD, /* what is blocked, and where */
	TABLE_LOSS,  /* what the figures below lack */
	TABLE_HEAD,  /* titles of the columns */
	TABLE_SERVICE,
	TABLE_DETAIL, /* figures of the service above that have no column */
	TABLE_REASON, /* why the service above is judged so */
	TABLE_PROCESS,
	TABLE_NOTE,
};

/* Printable ASCII only, whatever names others gave to their processes; no newline. */
struct table_line {
	enum table_kind kind;
	char *text;
};

struct table {
	struct table_line *lines;
	size_t count;
	size_t room;
};

/*
 * Lays @view out in lines of at most @width columns, 0 = as many as it takes. @time is the text of
 * view->time. Columns that do not fit become words in a line below their service. Fails only for
 * want of memory, and then leaves nothing to free.
 */
int table_build(struct table *table, const struct view *view, const char *time, unsigned int width,
		struct error *error);
int table_print(FILE *stream, const struct table *table, struct error *error);
void table_free(struct table *table);

#endif
