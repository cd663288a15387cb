/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of a table, as they are written: padded, cut at its width, or filled with pieces one after the other. Pure. */
#ifndef RELAYTRAP_TABLE_LINES_H
#define RELAYTRAP_TABLE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "table.h"

#define LINE_SIZE 2048

/* Where lines go. */
struct table_writer {
	struct table *table;
	unsigned int width; /* 0 = no limit */
	bool failed;        /* for want of memory */
};

/* Adds @text, cut to the width, without the blanks at its end. */
void table_add(struct table_writer *writer, enum table_kind kind, const char *text);

/* A line being written; what is beyond its end is dropped. */
struct table_text {
	char text[LINE_SIZE];
	size_t used;
};

void table_text_put(struct table_text *line, const char *text);

/* Cuts or fills with blanks to @width. */
void table_text_fit(struct table_text *line, size_t width);

/* Pieces joined by commas into as few lines as possible. */
struct table_flow {
	struct table_writer *writer;
	enum table_kind kind;
	unsigned int indent;
	struct table_text line;
};

void table_flow_add(struct table_flow *flow, const char *piece);

/* Writes what is left of it. */
void table_flow_end(struct table_flow *flow);

#endif
