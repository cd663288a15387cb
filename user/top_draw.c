// SPDX-License-Identifier: GPL-2.0
/* The live view's screen as a whole: what stands where. */
#include <stdio.h>
#include <string.h>

#include "top_parts.h"
#include "units.h"

#define ROWS_LEAST 10
#define COLUMNS_LEAST 40
#define TABLE_LEAST 4 /* rows: the titles, and some below */

void format_rate(char text[UNITS_TEXT], double rate)
{
	if (rate < 1000)
		snprintf(text, UNITS_TEXT, "%.1f", rate);
	else
		units_format_bytes(text, (__u64)rate);
}

const char *verdict_sign(const struct view_service *service)
{
	static const char *const signs[VERDICTS] = {
		[VERDICT_QUIET] = " ",   [VERDICT_PROBED] = "-",   [VERDICT_FORWARDING] = ">",
		[VERDICT_SUSPECT] = "?", [VERDICT_RELAYING] = "!", [VERDICT_CONTAINED] = "#",
	};

	return signs[service->standing];
}

enum style verdict_style(const struct view_service *service)
{
	static const unsigned char styles[VERDICTS] = {
		[VERDICT_QUIET] = STYLE_PLAIN,     [VERDICT_PROBED] = STYLE_PLAIN,
		[VERDICT_FORWARDING] = STYLE_GOOD, [VERDICT_SUSPECT] = STYLE_WARNING,
		[VERDICT_RELAYING] = STYLE_ALARM,  [VERDICT_CONTAINED] = STYLE_STOPPED,
	};

	return service->judged.birth || service->standing == VERDICT_CONTAINED ? styles[service->standing]
									       : STYLE_DIM;
}

unsigned int wrap_draw(struct pen pen, enum style style, const char *text)
{
	unsigned int start = pen.column;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (pen.column > start && pen.column + 1 + length > pen.end) {
			pen.row++;
			pen.column = start;
		}
		if (pen.column > start)
			pen.column++;
		pen_printf(&pen, style, "%.*s", (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
	return pen.row + 1;
}

static void draw_too_small(struct frame *frame)
{
	char text[96];
	struct pen pen = frame_pen(frame, 0);

	snprintf(text, sizeof(text), "relaytrap top needs %dx%d; this is %ux%u. q quits", COLUMNS_LEAST,
		 ROWS_LEAST, frame->columns, frame->rows);
	wrap_draw(pen, STYLE_PLAIN, text);
}

static void draw_key(struct pen *pen, const char *key, const char *what)
{
	if (pen->column + strlen(key) + strlen(what) + 2 > pen->end)
		return;
	pen_put(pen, STYLE_BAR, key);
	pen_printf(pen, STYLE_PLAIN, " %s  ", what);
}

static void draw_foot(const struct top *top, struct frame *frame)
{
	const struct view_service *service = rows_service(top);
	struct pen pen = frame_pen(frame, frame->rows - 1);
	char place[64] = "";

	if (*top->message) {
		pen_put(&pen, top->message_bad ? STYLE_WARNING : STYLE_BOLD, top->message_bad ? "! " : "");
		pen_put(&pen, top->message_bad ? STYLE_WARNING : STYLE_BOLD, top->message);
		return;
	}
	if (top->row_count > top->page)
		snprintf(place, sizeof(place), "%zu of %zu", top->selected + 1, top->row_count);
	if (strlen(place) + 20 < frame->columns)
		pen.end -= strlen(place);
	if (*top->filter)
		pen_printf(&pen, STYLE_WARNING, "filter \"%s\" (Esc)  ", top->filter);
	draw_key(&pen, "q", "quit");
	draw_key(&pen, "?", "help");
	draw_key(&pen, "Enter", top->pane ? "close" : "details");
	draw_key(&pen, "/", "filter");
	draw_key(&pen, "s", "sort");
	if (service && service->containment.in_force)
		draw_key(&pen, "r", "release");
	draw_key(&pen, "b", "block");
	draw_key(&pen, "d", "interval");
	draw_key(&pen, "c", "path");
	draw_key(&pen, "Space", "now");
	draw_key(&pen, "p", "pause");
	pen.column = pen.end;
	pen.end = frame->columns;
	pen_put(&pen, STYLE_DIM, place);
}

/* What the table does not need goes to the pane, and the table keeps a few rows. */
static unsigned int pane_rows(struct top *top, struct frame *frame, unsigned int room)
{
	unsigned int wanted = top->pane ? pane_draw(top, frame, 0, 0) : 0;
	unsigned int table = top->row_count < TABLE_LEAST ? top->row_count + 1 : TABLE_LEAST;

	if (wanted + table <= room)
		return wanted;
	return top->pane && room > table ? room - table : 0;
}

static void draw_all(struct top *top, struct frame *frame)
{
	unsigned int head = head_draw(top, frame);
	unsigned int room = frame->rows - 1 > head ? frame->rows - 1 - head : 0;
	unsigned int pane = pane_rows(top, frame, room);

	table_draw(top, frame, head, room - pane);
	if (pane)
		pane_draw(top, frame, head + room - pane, pane);
	draw_foot(top, frame);
	if (top->prompt)
		prompt_draw(top, frame);
}

void top_draw(struct top *top, struct frame *frame)
{
	frame_clear(frame);
	if (frame->rows < ROWS_LEAST || frame->columns < COLUMNS_LEAST)
		draw_too_small(frame);
	else if (top->help)
		help_draw(top, frame);
	else if (top->view)
		draw_all(top, frame);
}
