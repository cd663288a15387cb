// SPDX-License-Identifier: GPL-2.0
/* The live view's head: where this is, what is watched, what the guard does, and how it stands. */
#include <stdio.h>
#include <string.h>

#include "interface_words.h"
#include "ports.h"
#include "text.h"
#include "top_parts.h"
#include "units.h"
#include "view_guard.h"

#define UNGUARDED_SHOWN 1
#define LABEL 7 /* columns of the words on the left */

static struct pen begin(struct frame *frame, unsigned int row, enum style style, const char *label)
{
	struct pen pen = frame_pen(frame, row);

	pen_put(&pen, style, label);
	pen_go(&pen, STYLE_PLAIN, LABEL);
	return pen;
}

static void draw_title(const struct top *top, struct frame *frame)
{
	struct pen pen = frame_pen(frame, 0);
	char host[64], kernel[64], interval[UNITS_TEXT], right[128];

	text_fitting(host, sizeof(host), top->place.host, sizeof(top->place.host));
	text_fitting(kernel, sizeof(kernel), top->place.kernel, sizeof(top->place.kernel));
	units_format_duration(interval, top->interval);
	snprintf(right, sizeof(right), " %s%s  %s", top->paused ? "PAUSED, every " : "every ", interval,
		 top->time);
	pen_go(&pen, STYLE_BAR, frame->columns);
	pen = frame_pen(frame, 0);
	pen_printf(&pen, STYLE_BAR, "relaytrap on %s, Linux %s", host, kernel);
	if (strlen(right) >= frame->columns)
		return;
	pen.column = frame->columns - strlen(right);
	pen_put(&pen, STYLE_BAR, right);
}

static void draw_watch(const struct top *top, struct frame *frame)
{
	const struct view *view = top->view;
	struct pen pen = begin(frame, 1, STYLE_BOLD, "Watch");
	char ports[48], age[UNITS_TEXT];
	struct ports watched;

	memcpy(watched.bits, view->config->watched, sizeof(watched.bits));
	ports_format(&watched, ports, sizeof(ports));
	units_format_age(age, (__u64)(view->uptime * NS_PER_S));
	pen_printf(&pen, STYLE_PLAIN, "port %s by %s for %s: %zu service%s, %zu process%s", ports,
		   top->place.joined ? "the running instance" : "top itself", age, view->service_count,
		   view->service_count == 1 ? "" : "s", view->process_count,
		   view->process_count == 1 ? "" : "es");
}

static void draw_mode(const struct top *top, struct frame *frame)
{
	static const char *const meanings[RT_MODES] = {
		[RT_OBSERVE] = "watches and tells; only an operator's block acts",
		[RT_DRY_RUN] = "nothing is dropped or refused; what would be is counted",
		[RT_ENFORCE] = "what relays is blocked, refused and cut at once",
	};
	struct pen pen = begin(frame, 2, STYLE_BOLD, "Mode");
	unsigned int mode = top->view->mode;

	pen_put(&pen, mode == RT_ENFORCE ? STYLE_GOOD : STYLE_BOLD, mode_name(mode));
	pen_printf(&pen, STYLE_PLAIN, ": %s", mode < RT_MODES ? meanings[mode] : "");
}

static size_t count_guarded(const struct view *view, enum rt_interface_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < view->interface_count; i++)
		count += view->interfaces[i].state == state;
	return count;
}

/* " on eth0, eth1 (generic)", or " on eth0 (native), eth1 (generic)"; their number if that does not fit. */
static void put_interfaces(struct pen *pen, const struct view *view)
{
	size_t native = count_guarded(view, RT_INTERFACE_NATIVE);
	size_t generic = count_guarded(view, RT_INTERFACE_GENERIC), left = native + generic;
	char text[512] = " on ", name[32];
	size_t used = strlen(text);

	for (size_t i = 0; i < view->interface_count && left && used < sizeof(text); i++) {
		const struct rt_interface *interface = &view->interfaces[i];
		const char *state = interface_state_name(interface->state);
		bool told = (native && generic) || left == 1;

		if (!interface_is_guarded(interface))
			continue;
		text_fitting(name, sizeof(name), interface->name, sizeof(interface->name));
		used += snprintf(text + used, sizeof(text) - used, "%s%s%s%s%s", name, told ? " (" : "",
				 told ? state : "", told ? ")" : "", --left ? ", " : "");
	}
	if (used >= sizeof(text) || pen->column + used > pen->end)
		snprintf(text, sizeof(text), " on %zu interface%s", native + generic,
			 native + generic == 1 ? "" : "s");
	pen_put(pen, STYLE_PLAIN, text);
}

static bool guards(const struct view *view)
{
	return count_guarded(view, RT_INTERFACE_NATIVE) || count_guarded(view, RT_INTERFACE_GENERIC);
}

/* In force; in words, "" if there is none. */
static void format_blocked(char *text, size_t size, const struct view *view)
{
	struct ports ports = {0};
	size_t count = 0;
	char list[40];

	*text = '\0';
	for (size_t i = 0; i < view->block_count && view->blocks[i].in_force; i++, count++)
		ports.bits[view->blocks[i].port / 8] |= 1 << view->blocks[i].port % 8;
	ports_format(&ports, list, sizeof(list));
	if (count)
		snprintf(text, size, "port%s %s %s", count == 1 ? "" : "s", list,
			 view->dry_run ? "would be blocked" : "blocked");
}

/* At the right end: the last minute, and the rate now. */
static void draw_rate(const struct top *top, struct pen *pen)
{
	unsigned int columns = pen->frame->columns, width = columns > 120 ? MINUTE : columns / 5;
	char rate[UNITS_TEXT], spark[SPARK_SIZE], text[64];
	unsigned int taken;

	format_rate(rate, top->dropped.known ? top->dropped.values[MINUTE - 1] : 0);
	snprintf(text, sizeof(text), "%s %s/s ", top->view->dry_run ? "would drop" : "drops", rate);
	taken = strlen(text) + (width < MINUTE ? width : MINUTE);
	if (taken + LABEL + 24 > columns)
		return;
	spark_draw(spark, &top->dropped, width, top->glyphs);
	pen->end = columns - taken - 1;
	struct pen right = {pen->frame, pen->row, columns - taken, columns};

	pen_put(&right, STYLE_BOLD, text);
	pen_put(&right, STYLE_STOPPED, spark);
}

static void draw_guard(const struct top *top, struct frame *frame)
{
	const struct view *view = top->view;
	struct pen pen = begin(frame, 3, STYLE_BOLD, "Guard");
	char blocked[96];

	format_blocked(blocked, sizeof(blocked), view);
	if (!*blocked) {
		pen_put(&pen, STYLE_PLAIN, "nothing is blocked");
		if (guards(view)) {
			pen_put(&pen, STYLE_PLAIN, "; ready");
			put_interfaces(&pen, view);
		}
		return;
	}
	if (!guards(view)) {
		pen_printf(&pen, STYLE_ALARM, "! %s, but no interface is guarded", blocked);
		return;
	}
	draw_rate(top, &pen);
	pen_put(&pen, view->dry_run ? STYLE_WARNING : STYLE_STOPPED, blocked);
	put_interfaces(&pen, view);
}

static bool is_judged(const struct view_service *service)
{
	return service->judged.birth || service->standing == VERDICT_CONTAINED;
}

static void draw_verdicts(const struct top *top, struct frame *frame)
{
	const struct view_service *examples[VERDICTS + 1] = {NULL};
	size_t counts[VERDICTS + 1] = {0};
	struct pen pen = begin(frame, 4, STYLE_BOLD, "Now");
	const struct view *view = top->view;

	if (!view->service_count)
		pen_put(&pen, STYLE_PLAIN, "no program listens on a watched port");
	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];
		unsigned int kind = is_judged(service) ? VERDICTS - service->standing : 0;

		examples[kind] = service;
		counts[kind]++;
	}
	/* The most urgent first; the unjudged are last, though their kind is 0. */
	for (unsigned int i = 1; i <= VERDICTS + 1; i++) {
		const struct view_service *example = examples[i % (VERDICTS + 1)];

		if (example)
			pen_printf(&pen, verdict_style(example), "%s%s%s%zu %s",
				   pen.column > LABEL ? "   " : "",
				   *verdict_sign(example) == ' ' ? "" : verdict_sign(example),
				   *verdict_sign(example) == ' ' ? "" : " ", counts[i % (VERDICTS + 1)],
				   example->verdict);
	}
}

/* Interfaces that the guard cannot stand on, while it is wanted there. */
static unsigned int draw_unguarded(const struct top *top, struct frame *frame, unsigned int row)
{
	const struct view *view = top->view;
	size_t left = 0;

	for (size_t i = 0; i < view->interface_count; i++) {
		const struct rt_interface *interface = &view->interfaces[i];
		char text[INTERFACE_WORDS];

		if (interface_is_guarded(interface) || interface->state == RT_INTERFACE_UNFIT)
			continue;
		if (left++ >= UNGUARDED_SHOWN)
			continue;
		interface_words(text, interface);
		row = wrap_draw(begin(frame, row, STYLE_WARNING, "!"), STYLE_WARNING, text);
	}
	if (left > UNGUARDED_SHOWN) {
		struct pen pen = begin(frame, row++, STYLE_WARNING, "!");

		pen_printf(&pen, STYLE_WARNING, "and %zu more that are not guarded: see 'relaytrap list'",
			   left - UNGUARDED_SHOWN);
	}
	return row;
}

static unsigned int draw_losses(const struct top *top, struct frame *frame, unsigned int row)
{
	char text[1024] = "the figures lack what was lost:";
	size_t used = strlen(text);

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++)
		if (top->view->lost[cause] && used < sizeof(text))
			used += snprintf(text + used, sizeof(text) - used, "%s %s %llu",
					 text[used - 1] == ':' ? "" : ",", lost_name(cause),
					 top->view->lost[cause]);
	if (text[used < sizeof(text) ? used - 1 : 0] == ':')
		return row;
	return wrap_draw(begin(frame, row, STYLE_ALARM, "! Lost"), STYLE_ALARM, text);
}

unsigned int head_draw(const struct top *top, struct frame *frame)
{
	draw_title(top, frame);
	draw_watch(top, frame);
	draw_mode(top, frame);
	draw_guard(top, frame);
	draw_verdicts(top, frame);
	return draw_losses(top, frame, draw_unguarded(top, frame, 5));
}
