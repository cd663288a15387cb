// SPDX-License-Identifier: GPL-2.0
#include "event_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "interface_words.h"
#include "ports.h"
#include "text.h"
#include "units.h"

#define LABEL_MOST 128
#define PORTS_MOST 48

struct line {
	char *text;
	size_t used;
};

static void put(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct line *line, const char *format, ...)
{
	size_t room = EVENT_LINE - line->used;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->used, room, format, arguments);
	va_end(arguments);
	line->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void put_label(struct line *line, const struct view_service *service)
{
	char label[LABEL_MOST];

	text_printable(label, sizeof(label), service->label, strnlen(service->label, sizeof(service->label)),
		       false);
	put(line, "%s", label);
}

static void put_ports(struct line *line, const struct view_service *service)
{
	struct ports ports = {0};
	char text[PORTS_MOST];

	for (size_t i = 0; i < service->port_count; i++)
		ports.bits[service->ports[i] / 8] |= 1 << service->ports[i] % 8;
	ports_format(&ports, text, sizeof(text));
	if (*text)
		put(line, " on port %s", text);
}

/* Whom to look at: the process that connects most, or listens. */
static void put_process(struct line *line, const struct view_service *service)
{
	if (service->process_count)
		put(line, " (pid %u)", service->processes[0].pid);
}

/* The weightiest come first; status has all of them. */
#define REASONS_TOLD 2

static void put_verdict(struct line *line, const struct event *event)
{
	const struct rt_verdict *judged = &event->service->judged;
	unsigned int count = judged->reason_count < RT_REASONS ? judged->reason_count : RT_REASONS;

	put_label(line, event->service);
	put_ports(line, event->service);
	put_process(line, event->service);
	put(line, " is %s, was %s", verdict_name(judged->verdict), verdict_name(event->before));
	for (unsigned int i = 0; i < count && i < REASONS_TOLD; i++)
		put(line, "%s%.*s", i ? "; " : ": ", RT_REASON_LEN, judged->reasons[i]);
	if (count > REASONS_TOLD)
		put(line, "; and %u more reason%s", count - REASONS_TOLD,
		    count > REASONS_TOLD + 1 ? "s" : "");
}

static void put_listener(struct line *line, const struct event *event)
{
	put_label(line, event->service);
	put_process(line, event->service);
	if (event->kind == EVENT_LISTENER_BACK)
		put(line, " is back: it listens on port %u again", event->port);
	else
		put(line, " listens on port %u now", event->port);
	if (event->service->standing == VERDICT_CONTAINED)
		put(line, "; it is contained");
	if (event->blocked)
		put(line, "%s the port is blocked",
		    event->service->standing == VERDICT_CONTAINED ? " and" : ";");
}

static void put_contained(struct line *line, const struct event *event)
{
	const struct view_containment *containment = &event->service->containment;
	double lasts = containment->expires - containment->since;
	char text[UNITS_TEXT];

	put_label(line, event->service);
	put_ports(line, event->service);
	put_process(line, event->service);
	put(line, containment->dry_run ? " would be contained, but this is a dry run" : " is contained");
	if (containment->expires > 0) {
		units_format_age(text, (__u64)(lasts * 1e9 + 0.5));
		put(line, " for %s", text);
	}
	if (containment->fuse)
		put(line, ": its fuse of %u has blown", containment->fuse);
	else
		put(line, ": it is relaying"); /* by a verdict that may not be kept yet */
	if (containment->cut)
		put(line, "; connections cut: %llu", containment->cut);
	if (*event->service->judged.unblocked)
		put(line, "; not blocked: %.*s", RT_REASON_LEN, event->service->judged.unblocked);
}

static void put_released(struct line *line, const struct event *event)
{
	static const char *const ways[RELEASE_WAYS] = {
		[RELEASE_EXPIRED] = "the time of its containment is over",
		[RELEASE_OPERATOR] = "an operator has released it",
		[RELEASE_SETTINGS] = "the settings ask for it no more",
		[RELEASE_EXEMPT] = "it is exempt now",
	};

	put_label(line, event->service);
	put_ports(line, event->service);
	put(line, " is contained no more: %s", ways[event->release]);
}

static void put_spared(struct line *line, const struct event *event)
{
	put_label(line, event->service);
	put_ports(line, event->service);
	put_process(line, event->service);
	put(line, " is not contained: %.*s", RT_REASON_LEN, event->service->judged.spared);
}

static void put_stopped(struct line *line, const struct event *event)
{
	static const char *const what[STOPPED_KINDS] = {
		[STOPPED_CONNECTS] = "connects refused",
		[STOPPED_SENDS] = "UDP sends refused",
		[STOPPED_IN_NAME] = "would be refused",
		[STOPPED_CUT] = "connections cut",
	};
	const char *separator = "";

	if (event->service) {
		put_label(line, event->service);
		put_ports(line, event->service);
		put(line, "%s: ", event->others ? " and others" : "");
	}
	for (unsigned int kind = 0; kind < STOPPED_KINDS; kind++) {
		if (!event->stopped[kind])
			continue;
		put(line, "%s%s +%llu", separator, what[kind], event->stopped[kind]);
		separator = ", ";
	}
}

static void put_block(struct line *line, const struct event *event)
{
	static const char *const lifts[RT_LIFTS] = {
		[RT_LIFT_EXPIRED] = "its time is over",
		[RT_LIFT_OPERATOR] = "an operator has lifted that",
		[RT_LIFT_ENGINE] = "the containment that it was for has ended",
		[RT_LIFT_SETTINGS] = "they name it no more",
	};
	static const char *const origins[RT_ORIGINS] = {
		[RT_OPERATOR] = "an operator",
		[RT_ENGINE] = "the engine",
		[RT_SETTINGS] = "the settings",
	};
	const struct view_block *block = event->block;
	const char *by = block->origin < RT_ORIGINS ? origins[block->origin] : "somebody";
	char text[UNITS_TEXT];

	if (event->kind == EVENT_UNBLOCKED) {
		put(line, "port %u, blocked by %s, is blocked no more: %s", block->port, by,
		    block->lifted_by < RT_LIFTS ? lifts[block->lifted_by] : "lifted");
		return;
	}
	put(line, "port %u is blocked by %s", block->port, by);
	if (block->expires > 0) {
		units_format_age(text, (__u64)((block->expires - block->since) * 1e9 + 5e8));
		put(line, " for %s", text);
	}
	if (event->dry_run)
		put(line, ", but this is a dry run: nothing is dropped");
}

static void put_drops(struct line *line, const struct event *event)
{
	put(line, "port %u: %llu packets %s, %llu of them requests", event->port, event->packets,
	    event->dry_run ? "would be dropped" : "dropped", event->requests);
	if (event->peak >= 1)
		put(line, ", at most %.0f a second", event->peak);
}

static void put_interface(struct line *line, const struct event *event)
{
	char text[INTERFACE_WORDS];

	interface_words(text, event->interface);
	if (event->gone)
		put(line, "%.*s is guarded no more", (int)strcspn(text, " "), text);
	else if (event->kind == EVENT_REGUARDED)
		put(line, "%s again: somebody else had detached the guard", text);
	else
		put(line, "%s", text);
}

static void put_losses(struct line *line, const struct event *event)
{
	const char *separator = "lost ";

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		if (!event->lost[cause])
			continue;
		put(line, "%s%s +%llu", separator, lost_name(cause), event->lost[cause]);
		separator = ", ";
	}
}

size_t event_line(char text[EVENT_LINE], const struct event *event)
{
	struct line line = {.text = text};

	*text = '\0';
	switch (event->kind) {
	case EVENT_VERDICT:
		put_verdict(&line, event);
		break;
	case EVENT_LISTENER:
	case EVENT_LISTENER_BACK:
		put_listener(&line, event);
		break;
	case EVENT_CONTAINED:
		put_contained(&line, event);
		break;
	case EVENT_RELEASED:
		put_released(&line, event);
		break;
	case EVENT_SPARED:
		put_spared(&line, event);
		break;
	case EVENT_STOPPING:
		put_stopped(&line, event);
		break;
	case EVENT_BLOCKED:
	case EVENT_UNBLOCKED:
		put_block(&line, event);
		break;
	case EVENT_DROPS:
		put_drops(&line, event);
		break;
	case EVENT_GUARDED:
	case EVENT_REGUARDED:
	case EVENT_UNGUARDED:
		put_interface(&line, event);
		break;
	case EVENT_LOST:
		put_losses(&line, event);
		break;
	case EVENT_LEFT_OUT:
		put(&line, "%llu more %s left out: too many at once", event->count,
		    event->left_out == EVENT_VERDICT     ? "changes of a verdict"
		    : event->left_out == EVENT_CONTAINED ? "changes of a containment"
		    : event->left_out == EVENT_BLOCKED   ? "events of blocked ports"
		    : event->left_out == EVENT_GUARDED   ? "changes of an interface"
							 : "new listeners");
		break;
	default:
		put(&line, "%s", event->text ? event->text : event_name(event->kind));
		break;
	}
	return line.used;
}
