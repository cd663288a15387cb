// SPDX-License-Identifier: GPL-2.0
/* What the live view asks: a filter, an interval, and whether an order is meant. */
#include <stdio.h>
#include <string.h>

#include "ports.h"
#include "text.h"
#include "top_parts.h"
#include "units.h"
#include "view_guard.h"

#define INTERVAL_LEAST (100 * NS_PER_MS)
#define INTERVAL_MOST (3600 * NS_PER_S)
#define QUESTION 1024

void order_ports(char *text, size_t size, const struct order *order)
{
	struct ports ports = {0};
	char list[256];

	for (size_t i = 0; i < order->port_count; i++)
		ports.bits[order->ports[i] / 8] |= 1 << order->ports[i] % 8;
	ports_format(&ports, list, sizeof(list));
	snprintf(text, size, "port%s %s", order->port_count == 1 ? "" : "s", list);
}

void prompt_open(struct top *top, enum top_prompt prompt)
{
	top->prompt = prompt;
	*top->input = '\0';
	if (prompt != PROMPT_FILTER)
		return;
	memcpy(top->filter_before, top->filter, sizeof(top->filter));
	memcpy(top->input, top->filter, sizeof(top->input));
}

/* The ports of @service that are blocked, or those that are not. */
static void take_ports(struct order *order, const struct view *view, const struct view_service *service,
		       bool blocked)
{
	for (size_t i = 0; i < service->port_count && order->port_count < ORDER_PORTS; i++)
		if (!view_guard_find(view, service->ports[i]) != blocked)
			order->ports[order->port_count++] = service->ports[i];
}

/* Why @order makes no sense for @service, or NULL. */
static const char *objection(const struct top *top, const struct view_service *service,
			     const struct order *order)
{
	if (!top->place.joined)
		return "top watches by itself here, nothing would outlast it: start 'relaytrap run' first, or use "
		       "'relaytrap block'";
	switch (order->kind) {
	case ORDER_BLOCK:
		return order->port_count ? NULL : "all its ports are blocked already; u unblocks";
	case ORDER_UNBLOCK:
		return order->port_count ? NULL : "none of its ports is blocked; b blocks";
	default:
		return service->containment.in_force ? NULL : "it is not contained; u unblocks its ports";
	}
}

void prompt_order(struct top *top, enum order_kind kind)
{
	const struct view_service *service = rows_service(top);
	struct order *order = &top->order;
	const char *why_not;

	if (!service) {
		top_answer(top, true, "no service is selected");
		return;
	}
	*order = (struct order){.kind = kind, .slot = service->slot, .birth = service->birth};
	memcpy(order->label, service->label, sizeof(order->label));
	take_ports(order, top->view, service, kind != ORDER_BLOCK);
	why_not = objection(top, service, order);
	if (why_not)
		top_answer(top, true, why_not);
	else
		prompt_open(top, PROMPT_ORDER);
}

static void take_filter(struct top *top)
{
	for (size_t i = 0; i < sizeof(top->filter); i++)
		top->filter[i] = top->input[i] >= 'A' && top->input[i] <= 'Z' ? top->input[i] - 'A' + 'a'
									      : top->input[i];
	rows_build(top);
}

static void take_interval(struct top *top)
{
	struct error error;

	if (*top->input &&
	    units_parse_duration(&top->interval, top->input, INTERVAL_LEAST, INTERVAL_MOST, true, &error))
		top_answer(top, true, error.text);
}

static enum top_effect edit(struct top *top, unsigned int key)
{
	size_t length = strlen(top->input);
	bool filter = top->prompt == PROMPT_FILTER;

	if (key == TOP_KEY_ENTER) {
		top->prompt = PROMPT_NONE;
		if (!filter)
			take_interval(top);
		return TOP_DRAW;
	}
	if (key == TOP_KEY_ESCAPE) {
		top->prompt = PROMPT_NONE;
		memcpy(top->input, top->filter_before, sizeof(top->input));
	} else if (key == TOP_KEY_ERASE && length) {
		top->input[length - 1] = '\0';
	} else if (key >= ' ' && key <= '~' && length < sizeof(top->input) - 1) {
		top->input[length] = (char)key;
		top->input[length + 1] = '\0';
	}
	if (filter)
		take_filter(top);
	return TOP_DRAW;
}

enum top_effect prompt_key(struct top *top, unsigned int key)
{
	if (top->prompt != PROMPT_ORDER)
		return edit(top, key);
	/* Nothing but a yes is one, and moving about is no answer. */
	if (key == 'y' || key == 'Y') {
		top->prompt = PROMPT_NONE;
		return TOP_OBEY;
	}
	if (key == TOP_KEY_OTHER || (key >= TOP_KEY_UP && key <= TOP_KEY_END))
		return TOP_DRAW;
	top->prompt = PROMPT_NONE;
	top_answer(top, false, "nothing was changed");
	return TOP_DRAW;
}

static void ask_order(const struct top *top, char question[QUESTION])
{
	const char *dry = top->view->dry_run ? " In dry-run nothing is dropped, only counted." : "";
	char ports[300], label[64];

	order_ports(ports, sizeof(ports), &top->order);
	text_fitting(label, sizeof(label), top->order.label, sizeof(top->order.label));
	switch (top->order.kind) {
	case ORDER_BLOCK:
		snprintf(
			question, QUESTION,
			"Block %s of %s? What comes in for it is dropped from now on, except from allowed "
			"networks; connections that %s opens itself go on. It lasts until 'relaytrap unblock', "
			"with or without this screen.%s",
			ports, label, label, dry);
		break;
	case ORDER_UNBLOCK:
		snprintf(question, QUESTION, "Unblock %s of %s? It can be reached again at once.", ports,
			 label);
		break;
	case ORDER_RELEASE:
		snprintf(
			question, QUESTION,
			"Release %s? It may open connections again, and the ports that its containment blocked "
			"can be reached.",
			label);
		break;
	}
}

static void draw_order(const struct top *top, struct frame *frame)
{
	char question[QUESTION];
	unsigned int rows, first;
	struct pen pen = frame_pen(frame, frame->rows);

	ask_order(top, question);
	pen.column = 1;
	pen.end = frame->columns > 2 ? frame->columns - 1 : 1;
	rows = wrap_draw(pen, STYLE_WARNING, question) - frame->rows;
	first = frame->rows > rows + 2 ? frame->rows - rows - 2 : 0;
	for (unsigned int row = first; row < frame->rows; row++) {
		struct pen blank = frame_pen(frame, row);

		for (unsigned int i = 0; i < frame->columns; i++)
			pen_put(&blank, STYLE_WARNING, row == first ? top->glyphs->rule : " ");
	}
	pen.row = first + 1;
	wrap_draw(pen, STYLE_WARNING, question);
	pen = frame_pen(frame, frame->rows - 1);
	pen_put(&pen, STYLE_BAR, " y ");
	pen_put(&pen, STYLE_PLAIN, " yes   ");
	pen_put(&pen, STYLE_BAR, " n ");
	pen_put(&pen, STYLE_PLAIN, " no, or any other key ");
}

void prompt_draw(const struct top *top, struct frame *frame)
{
	char interval[UNITS_TEXT];
	struct pen pen = frame_pen(frame, frame->rows - 1);

	if (top->prompt == PROMPT_ORDER) {
		draw_order(top, frame);
		return;
	}
	pen_go(&pen, STYLE_PLAIN, frame->columns);
	pen = frame_pen(frame, frame->rows - 1);
	units_format_duration(interval, top->interval);
	if (top->prompt == PROMPT_FILTER)
		pen_put(&pen, STYLE_BOLD, "Filter by name, port, verdict, user, pid or path: ");
	else
		pen_printf(&pen, STYLE_BOLD, "Seconds between two looks, 0.1 to 3600 (now %s): ", interval);
	pen_put(&pen, STYLE_PLAIN, top->input);
	frame->cursor = true;
	frame->cursor_row = pen.row;
	frame->cursor_column = pen.column < frame->columns ? pen.column : frame->columns - 1;
}
