// SPDX-License-Identifier: GPL-2.0
/* The live view's pane: everything about the selected service. */
#include <stdio.h>
#include <string.h>

#include "table_columns.h"
#include "remedies.h"
#include "text.h"
#include "top_parts.h"
#include "units.h"
#include "view_guard.h"

#define LABEL 12 /* columns of the words on the left */
#define RATE 8   /* columns of a figure behind its sparks */
#define TEXT 1024
#define PROCESSES_SHOWN 20

/* Lines being written; those outside of the rows are only counted. */
struct pane {
	const struct top *top;
	const struct view_service *service;
	struct frame *frame;
	unsigned int row;  /* the first one on the screen */
	unsigned int rows; /* so many are seen */
	unsigned int line; /* the next one to be written */
};

/* A pen for the next line, which draws nothing if it is out of sight. */
static struct pen next_line(struct pane *pane, enum style style, const char *label)
{
	unsigned int line = pane->line++, skipped = pane->top->pane_offset;
	struct pen pen = frame_pen(pane->frame, ~0U);

	if (line >= skipped && line - skipped < pane->rows)
		pen.row = pane->row + line - skipped;
	pen.column = 1;
	if (pen.row != ~0U)
		pen_put(&pen, style, label);
	pen.column = LABEL;
	return pen;
}

/* @text word by word in as many lines as it takes, the first one with the label. */
static void add_text(struct pane *pane, const char *label, enum style style, const char *text)
{
	char line[TEXT];

	while (*text) {
		unsigned int room = pane->frame->columns - LABEL - 1;
		size_t length = strlen(text);
		struct pen pen;

		if (length > room)
			for (length = room; length > room / 2 && text[length] != ' ';)
				length--;
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		pen = next_line(pane, STYLE_BOLD, label);
		pen_put(&pen, style, line);
		label = "";
		text += length;
		text += strspn(text, " ");
	}
}

static void add_reasons(struct pane *pane)
{
	const struct view_service *service = pane->service;

	for (__u32 i = 0; i < service->judged.reason_count; i++) {
		char text[TEXT];

		/* They come from a map that others write. */
		text_fitting(text, sizeof(text), service->judged.reasons[i], RT_REASON_LEN);
		add_text(pane, i ? "" : "Why", STYLE_PLAIN, text);
	}
	if (!service->judged.reason_count)
		add_text(pane, "Why", STYLE_DIM, "not judged yet: 'relaytrap run' gives reasons");
}

static void append(char *text, const char *piece)
{
	size_t used = strlen(text);

	snprintf(text + used, TEXT - used, "%s%s", used ? ", " : "", piece);
}

/* "93.1 accepts/s"; nothing if the rate is. */
static void append_rate(char *text, const struct pane *pane, enum rt_counter counter, const char *words)
{
	double rate =
		view_rate(pane->top->view, pane->service->before[counter], pane->service->counters[counter]);
	char value[UNITS_TEXT], piece[64];

	if (rate <= 0)
		return;
	format_rate(value, rate);
	snprintf(piece, sizeof(piece), "%s %s/s", value, words);
	append(text, piece);
}

static void append_count(char *text, __u64 count, const char *words)
{
	char value[UNITS_TEXT], piece[64];

	if (!count)
		return;
	units_format_count(value, count);
	snprintf(piece, sizeof(piece), "%s %s", value, words);
	append(text, piece);
}

static void add_rates(struct pane *pane)
{
	const struct view_service *service = pane->service;
	char text[TEXT] = "";

	append_rate(text, pane, RT_ACCEPTS, "accepts");
	append_rate(text, pane, RT_CONNECTS, "connects");
	append_rate(text, pane, RT_MAIL_CONNECTS, "to mail ports");
	append_rate(text, pane, RT_CONNECT_FAILURES, "failed");
	append_rate(text, pane, RT_UDP_SENDS, "UDP sends");
	append_rate(text, pane, RT_REFUSED_CONNECTS, "refused");
	append_rate(text, pane, RT_WOULD_REFUSE, "would be refused");
	append_count(text, service->open, "open");
	add_text(pane, "Now", STYLE_PLAIN, *text ? text : "no traffic");
}

static void add_upstreams(struct pane *pane)
{
	const struct view_service *service = pane->service;
	char text[TEXT] = "", window[UNITS_TEXT], distinct[64];

	units_format_duration(window, pane->top->view->config->window);
	snprintf(distinct, sizeof(distinct), "distinct within %s", window);
	append_count(text, service->fan_out, distinct);
	append_count(text, service->mail_fan_out, "of them mail servers");
	append_count(text, service->private_fan_out, "of them private");
	append_count(text, service->known_fan_out, "ever");
	append_count(text, service->counters[RT_CONNECTS], "connects");
	append_count(text, service->counters[RT_PAIRED], "follow from accepts");
	append_count(text, service->counters[RT_MAIL_CONNECTS], "to mail ports");
	append_count(text, service->counters[RT_CONNECT_FAILURES], "failed");
	append_count(text, service->counters[RT_HOPS], "hops inside this host");
	append_count(text, service->counters[RT_LOOK_BACKS], "look-backs to clients");
	append_count(text, service->udp_fan_out, "UDP destinations");
	append_count(text, service->counters[RT_UDP_SENDS], "UDP sends");
	add_text(pane, "Upstreams", STYLE_PLAIN, *text ? text : "none");
}

static void add_bytes(struct pane *pane)
{
	static const struct {
		enum rt_counter counter;
		const char *words;
	} kinds[] = {
		{RT_CLIENT_RECEIVED, "from clients"},
		{RT_CLIENT_SENT, "to clients"},
		{RT_UPSTREAM_RECEIVED, "from upstreams"},
		{RT_UPSTREAM_SENT, "to upstreams"},
	};
	char text[TEXT] = "", value[UNITS_TEXT], piece[64];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		units_format_bytes(value, pane->service->counters[kinds[i].counter]);
		snprintf(piece, sizeof(piece), "%s %s", value, kinds[i].words);
		append(text, piece);
	}
	add_text(pane, "Bytes", STYLE_PLAIN, text);
}

/* The last minute, two figures a line where there is room. */
static void add_minutes(struct pane *pane)
{
	static const char *const names[TOP_SERIES] = {
		[SERIES_ACCEPTS] = "accepts/s",
		[SERIES_CONNECTS] = "connects/s",
		[SERIES_FAN_OUT] = "fan-out",
		[SERIES_BYTES] = "bytes/s",
	};
	const struct top_memory *memory = rows_memory(pane->top, pane->service);
	unsigned int columns = pane->frame->columns, half = LABEL + MINUTE + RATE + 2;
	unsigned int width = columns > LABEL + RATE ? columns - LABEL - RATE : 0;
	bool two = columns >= 2 * half;
	struct pen pen = {0};

	for (int i = 0; memory && i < TOP_SERIES; i++) {
		const struct minute *minute = &memory->minutes[i];
		char spark[SPARK_SIZE], value[UNITS_TEXT];
		double last = minute->known ? minute->values[MINUTE - 1] : 0;

		if (!two || i % 2 == 0) {
			pen = next_line(pane, STYLE_BOLD, names[i]);
		} else {
			pen.column = half + 1;
			pen_put(&pen, STYLE_BOLD, names[i]);
			pen.column = half + LABEL;
		}
		spark_draw(spark, minute, width < MINUTE ? width : MINUTE, pane->top->glyphs);
		if (i == SERIES_FAN_OUT)
			units_format_count(value, (__u64)last);
		else
			format_rate(value, last);
		pen_put(&pen, STYLE_GOOD, spark);
		pen_right(&pen, STYLE_PLAIN, RATE, value);
	}
}

static void add_processes(struct pane *pane)
{
	const struct view_service *service = pane->service;
	size_t shown = service->process_count < PROCESSES_SHOWN ? service->process_count : PROCESSES_SHOWN;
	char more[64];

	for (size_t i = 0; i < shown; i++) {
		const struct view_process *process = &service->processes[i];
		char comm[4 * RT_COMM_LEN + 1], path[4 * 256 + 1], user[33];
		struct pen pen = next_line(pane, STYLE_BOLD, i ? "" : "Processes");

		text_fitting(comm, sizeof(comm), process->record->value.comm, RT_COMM_LEN);
		text_fitting(user, sizeof(user), process->facts->user, sizeof(process->facts->user));
		text_fitting(path, sizeof(path), process->facts->exe, sizeof(process->facts->exe));
		pen_printf(&pen, STYLE_PLAIN, "%u %s: %s", process->pid, user, comm);
		if (*path)
			pen_printf(&pen, STYLE_DIM, "  %s", path);
	}
	snprintf(more, sizeof(more), "and %zu more; Right lists them all", service->process_count - shown);
	if (shown < service->process_count)
		add_text(pane, "", STYLE_DIM, more);
}

static void draw_title(struct pane *pane)
{
	const struct top *top = pane->top;
	const struct view_service *service = pane->service;
	struct pen pen = frame_pen(pane->frame, pane->row);
	double age = top->view->time - service->since;
	char label[64], since[UNITS_TEXT];

	for (unsigned int i = 0; i < pane->frame->columns; i++)
		pen_put(&pen, STYLE_DIM, top->glyphs->rule);
	text_fitting(label, sizeof(label), service->label, sizeof(service->label));
	units_format_age(since, age > 0 ? (__u64)(age * NS_PER_S) : 0);
	pen.column = 1;
	pen_printf(&pen, STYLE_BOLD, " %s ", label);
	pen.column++;
	pen_printf(&pen, verdict_style(service), " %s%s%s for %s ", verdict_sign(service),
		   *verdict_sign(service) == ' ' ? "" : " ", service->verdict, since);
}

/* What there is beyond the lines that are seen. */
static void draw_more(struct pane *pane)
{
	struct pen pen = frame_pen(pane->frame, pane->row);
	unsigned int above = pane->top->pane_offset, below = pane->top->pane_hidden;
	char text[64];

	if (!above && !below)
		return;
	snprintf(text, sizeof(text), " %u more line%s  [ ] ", above + below, above + below == 1 ? "" : "s");
	if (pane->frame->columns < 70)
		return;
	pen.column = pane->frame->columns - strlen(text) - 1;
	pen_put(&pen, STYLE_BAR, text);
}

static void add_remedies(struct pane *pane)
{
	struct remedies remedies;
	const char *label;

	remedies_find(&remedies, pane->top->view, pane->service);
	label = remedies.contained ? "Now it is" : remedies.blocked ? "Blocked" : "To stop it";
	for (unsigned int i = 0; i < remedies.count; i++)
		add_text(pane, i ? "" : label, remedies.contained && !i ? STYLE_STOPPED : STYLE_PLAIN,
			 remedies.text[i]);
}

static void add_all(struct pane *pane)
{
	pane->line = 0;
	add_reasons(pane);
	add_remedies(pane);
	add_minutes(pane);
	add_rates(pane);
	add_upstreams(pane);
	add_bytes(pane);
	add_processes(pane);
}

unsigned int pane_draw(struct top *top, struct frame *frame, unsigned int row, unsigned int rows)
{
	struct pane pane = {.top = top, .service = rows_service(top), .frame = frame};
	unsigned int most;

	if (!pane.service)
		return 0;
	add_all(&pane);
	if (!rows)
		return pane.line + 1;
	most = pane.line > rows - 1 ? pane.line - (rows - 1) : 0;
	if (top->pane_offset > most)
		top->pane_offset = most;
	top->pane_hidden = most - top->pane_offset;
	pane.row = row + 1;
	pane.rows = rows - 1;
	add_all(&pane);
	pane.row = row;
	draw_title(&pane);
	draw_more(&pane);
	return rows;
}
