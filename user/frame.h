/* SPDX-License-Identifier: GPL-2.0 */
/* One screenful: a grid of characters, each of one column, with what they mean. Knows no terminal. Pure. */
#ifndef RELAYTRAP_FRAME_H
#define RELAYTRAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/* What a character is part of; how that looks is up to the terminal. */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_BAR,     /* titles, and names of keys: they stand out from the rest */
	STYLE_ALARM,   /* something is wrong now */
	STYLE_WARNING, /* something may be wrong */
	STYLE_STOPPED, /* something was wrong, and is held */
	STYLE_GOOD,
	STYLES
};

struct frame_cell {
	char glyph[4]; /* one character in UTF-8, up to 3 bytes, and a NUL */
	unsigned char style;
	bool selected;
};

struct frame {
	unsigned int rows;
	unsigned int columns;
	struct frame_cell *cells; /* row by row */
	bool cursor;              /* it is shown, at: */
	unsigned int cursor_row;
	unsigned int cursor_column;
};

/* Gives @frame, all zeros at first, a size, and empties it. Fails only for want of memory. */
int frame_resize(struct frame *frame, unsigned int rows, unsigned int columns, struct error *error);
void frame_free(struct frame *frame);
void frame_clear(struct frame *frame);

/* Marks a whole row as the one that is selected. */
void frame_select(struct frame *frame, unsigned int row);

/* Where the next text goes; what is beyond @end or the frame is dropped, and the pen goes on all the same. */
struct pen {
	struct frame *frame;
	unsigned int row;
	unsigned int column;
	unsigned int end; /* first column that is not written to */
};

/* A pen at the start of @row, over its whole width. */
struct pen frame_pen(struct frame *frame, unsigned int row);

/* Writes @text, whose characters take one column each; malformed UTF-8 becomes question marks. */
void pen_put(struct pen *pen, enum style style, const char *text);
void pen_printf(struct pen *pen, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Goes on at @column, with blanks of @style up to there. */
void pen_go(struct pen *pen, enum style style, unsigned int column);

/* Writes @text so that it ends just before @end, and @width columns at least are taken. */
void pen_right(struct pen *pen, enum style style, unsigned int width, const char *text);

/* Columns that @text takes. */
unsigned int text_columns(const char *text);

#endif
