// SPDX-License-Identifier: GPL-2.0
/* The live view's table: only the rows that are seen are written. */
#include <stdio.h>
#include <string.h>

#include "table_columns.h"
#include "text.h"
#include "top_parts.h"

#define GUTTER 3 /* the mark of what can be expanded, the sign of the verdict, and a blank */

/* Where things stand in a row. */
struct places {
	struct columns columns;
	unsigned int verdict; /* width of the verdicts */
	unsigned int name;    /* first column of the name */
	unsigned int figures; /* first column behind the name and the ports */
};

static void choose_places(struct top *top, struct places *places, unsigned int width)
{
	size_t count = figures_count();

	columns_choose(&places->columns, top->view, width - GUTTER, columns_left(top->view));
	for (size_t i = 0; i < count; i++) {
		top->columns_shown[i] = places->columns.shown[i];
		if (figure_is_verdict(i))
			places->verdict = figure_width(i, top->view);
	}
	places->name = GUTTER + places->verdict + 1;
	places->figures = places->name + places->columns.left;
}

static void put_title(const struct top *top, struct pen *pen, unsigned int width, int sort, const char *title)
{
	unsigned int blanks = width > strlen(title) ? width - strlen(title) : 0;

	pen_go(pen, STYLE_BAR, pen->column + blanks);
	pen_put(pen, STYLE_BAR, top->sort == sort ? top->glyphs->falling : " ");
	pen_put(pen, STYLE_BAR, title);
}

static void draw_titles(const struct top *top, struct frame *frame, unsigned int row,
			const struct places *places)
{
	struct pen pen = frame_pen(frame, row);
	size_t count = figures_count();

	pen_go(&pen, STYLE_BAR, GUTTER - 1);
	for (size_t i = 0; i < count; i++)
		if (figure_is_verdict(i))
			put_title(top, &pen, 0, (int)i, figure_title(i));
	pen_go(&pen, STYLE_BAR, places->name - 1);
	put_title(top, &pen, 0, SORT_NAME, "SERVICE");
	pen_go(&pen, STYLE_BAR, places->figures - strlen("PORTS"));
	pen_put(&pen, STYLE_BAR, "PORTS");
	for (size_t i = 0; i < count; i++)
		if (places->columns.shown[i] && !figure_is_verdict(i))
			put_title(top, &pen, figure_width(i, top->view), (int)i, figure_title(i));
	pen_go(&pen, STYLE_BAR, frame->columns);
}

static void draw_service(const struct top *top, struct pen pen, const struct places *places,
			 const struct view_service *service)
{
	const struct top_memory *memory = rows_memory(top, service);
	enum style style = verdict_style(service);
	char text[LEFT_MOST + 1];

	if (service->process_count)
		pen_put(&pen, STYLE_PLAIN,
			memory && memory->expanded ? top->glyphs->open : top->glyphs->closed);
	pen_go(&pen, STYLE_PLAIN, 1);
	pen_printf(&pen, style, "%s ", verdict_sign(service));
	pen_put(&pen, style, service->verdict);
	pen_go(&pen, STYLE_PLAIN, places->name);
	columns_name(text, sizeof(text), places->columns.left, service);
	pen_put(&pen, STYLE_BOLD, text);
	for (size_t i = 0; i < figures_count(); i++) {
		if (!places->columns.shown[i] || figure_is_verdict(i))
			continue;
		figure_format(text, i, top->view, service);
		pen_put(&pen, STYLE_PLAIN, " ");
		pen_right(&pen, strcmp(text, "0") && strcmp(text, "0.0") ? STYLE_PLAIN : STYLE_DIM,
			  figure_width(i, top->view), text);
	}
}

static const char *role_name(const struct rt_process *process)
{
	switch (process->role) {
	case RT_ROLE_CANDIDATE:
		return "listens";
	case RT_ROLE_DESCENDANT:
		return "child";
	case RT_ROLE_HOP:
		return "hop";
	default:
		return "reads";
	}
}

/* With full paths a long one takes the place of the figures. */
static void put_program(const struct top *top, struct pen *pen, const struct places *places,
			const struct view_process *process)
{
	char figures[128], comm[4 * RT_COMM_LEN + 1], path[4 * sizeof(process->facts->exe) + 1];
	unsigned int after;

	columns_process(figures, sizeof(figures), process);
	after = places->figures + strlen(figures);
	text_fitting(comm, sizeof(comm), process->record->value.comm, sizeof(process->record->value.comm));
	text_fitting(path, sizeof(path), process->facts->exe, sizeof(process->facts->exe));
	if (top->full_path && *path && after + strlen(path) > pen->end) {
		pen_printf(pen, STYLE_PLAIN, " %s", path);
		return;
	}
	pen_go(pen, STYLE_PLAIN, places->figures);
	pen_put(pen, STYLE_PLAIN, figures);
	pen_put(pen, STYLE_PLAIN, top->full_path && *path ? path : *comm ? comm : "-");
}

static void draw_process(const struct top *top, struct pen pen, const struct places *places,
			 const struct view_process *process, bool last)
{
	char user[sizeof(process->facts->user)], name[64];

	pen.column = GUTTER;
	pen_put(&pen, STYLE_DIM, role_name(&process->record->value));
	pen_go(&pen, STYLE_PLAIN, places->name);
	pen_put(&pen, STYLE_DIM, last ? top->glyphs->last : top->glyphs->branch);
	text_fitting(user, sizeof(user), process->facts->user, sizeof(process->facts->user));
	snprintf(name, sizeof(name), " %u %s", process->pid, user);
	if (strlen(name) > places->columns.left - 2)
		name[places->columns.left - 2] = '\0';
	pen_put(&pen, STYLE_PLAIN, name);
	put_program(top, &pen, places, process);
}

static void draw_row(const struct top *top, struct frame *frame, unsigned int row, size_t index,
		     const struct places *places)
{
	const struct top_row *shown = &top->rows[index];
	const struct view_service *service = &top->view->services[shown->service];
	bool last = index + 1 == top->row_count || top->rows[index + 1].process == ROW_SERVICE;
	struct pen pen = frame_pen(frame, row);

	if (shown->process == ROW_SERVICE)
		draw_service(top, pen, places, service);
	else
		draw_process(top, pen, places, &service->processes[shown->process], last);
	if (index == top->selected)
		frame_select(frame, row);
}

/* The selected row is in sight, and no room is left over that rows could fill. */
static void scroll(struct top *top, size_t page)
{
	top->page = page;
	if (top->offset + page > top->row_count)
		top->offset = top->row_count > page ? top->row_count - page : 0;
	if (top->selected < top->offset)
		top->offset = top->selected;
	else if (page && top->selected >= top->offset + page)
		top->offset = top->selected - page + 1;
}

void table_draw(struct top *top, struct frame *frame, unsigned int row, unsigned int rows)
{
	struct places places = {0};
	struct pen pen = frame_pen(frame, row + 1);

	if (rows < 2)
		return;
	choose_places(top, &places, frame->columns);
	draw_titles(top, frame, row, &places);
	scroll(top, rows - 1);
	for (size_t i = 0; i < top->page && top->offset + i < top->row_count; i++)
		draw_row(top, frame, row + 1 + i, top->offset + i, &places);
	pen.column = GUTTER;
	if (!top->row_count && *top->filter)
		pen_printf(&pen, STYLE_PLAIN, "nothing matches \"%s\"; Esc shows all again", top->filter);
	else if (!top->row_count)
		wrap_draw(pen, STYLE_PLAIN,
			  "A service shows up here as soon as a program listens on a watched port.");
}
