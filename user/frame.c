// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINTF_SIZE 1024

int frame_resize(struct frame *frame, unsigned int rows, unsigned int columns, struct error *error)
{
	struct frame_cell *cells = calloc((size_t)rows * columns + 1, sizeof(*cells));

	if (!cells)
		return fail(error, "not enough memory for a screen");
	free(frame->cells);
	frame->cells = cells;
	frame->rows = rows;
	frame->columns = columns;
	frame_clear(frame);
	return 0;
}

void frame_free(struct frame *frame)
{
	free(frame->cells);
	memset(frame, 0, sizeof(*frame));
}

void frame_clear(struct frame *frame)
{
	for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++)
		frame->cells[i] = (struct frame_cell){.glyph = " "};
	frame->cursor = false;
}

void frame_select(struct frame *frame, unsigned int row)
{
	for (unsigned int i = 0; row < frame->rows && i < frame->columns; i++)
		frame->cells[(size_t)row * frame->columns + i].selected = true;
}

struct pen frame_pen(struct frame *frame, unsigned int row)
{
	return (struct pen){.frame = frame, .row = row, .end = frame->columns};
}

/* Bytes of the character at @text, 0 if it is none that a cell holds. */
static size_t glyph_length(const char *text)
{
	unsigned char first = (unsigned char)text[0];
	size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : 0;

	for (size_t i = 1; i < length; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static void put_glyph(struct pen *pen, enum style style, const char *glyph, size_t length)
{
	struct frame *frame = pen->frame;
	unsigned int column = pen->column++;
	struct frame_cell *cell;

	if (pen->row >= frame->rows || column >= pen->end || column >= frame->columns)
		return;
	cell = &frame->cells[(size_t)pen->row * frame->columns + column];
	memset(cell->glyph, 0, sizeof(cell->glyph));
	memcpy(cell->glyph, glyph, length);
	cell->style = style;
}

void pen_put(struct pen *pen, enum style style, const char *text)
{
	while (*text) {
		size_t length = glyph_length(text);
		bool control = (unsigned char)*text < ' ' || *text == 0x7f;

		if (length && !control)
			put_glyph(pen, style, text, length);
		else
			put_glyph(pen, style, "?", 1);
		text += length ? length : 1;
	}
}

void pen_printf(struct pen *pen, enum style style, const char *format, ...)
{
	char text[PRINTF_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	pen_put(pen, style, text);
}

void pen_go(struct pen *pen, enum style style, unsigned int column)
{
	while (pen->column < column)
		put_glyph(pen, style, " ", 1);
}

void pen_right(struct pen *pen, enum style style, unsigned int width, const char *text)
{
	unsigned int taken = text_columns(text);

	if (taken < width)
		pen_go(pen, style, pen->column + width - taken);
	pen_put(pen, style, text);
}

unsigned int text_columns(const char *text)
{
	unsigned int columns = 0;

	while (*text) {
		size_t length = glyph_length(text);

		text += length ? length : 1;
		columns++;
	}
	return columns;
}
