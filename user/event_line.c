// SPDX-License-Identifier: GPL-2.0
#include "event_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ports.h"
#include "text.h"

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

static void put_verdict(struct line *line, const struct event *event)
{
	const struct rt_verdict *judged = &event->service->judged;

	put_label(line, event->service);
	put_ports(line, event->service);
	put_process(line, event->service);
	put(line, " is %s, was %s", event->service->verdict, verdict_name(event->before));
	for (__u32 i = 0; i < judged->reason_count && i < RT_REASONS; i++)
		put(line, "%s%.*s", i ? "; " : ": ", RT_REASON_LEN, judged->reasons[i]);
}

static void put_listener(struct line *line, const struct event *event)
{
	put_label(line, event->service);
	put_process(line, event->service);
	if (event->kind == EVENT_LISTENER_BACK)
		put(line, " is back: it listens on port %u again", event->port);
	else
		put(line, " listens on port %u now", event->port);
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
	case EVENT_LOST:
		put_losses(&line, event);
		break;
	case EVENT_LEFT_OUT:
		put(&line, "%llu more %s left out: too many at once", event->count,
		    event->left_out == EVENT_VERDICT ? "changes of a verdict" : "new listeners");
		break;
	default:
		put(&line, "%s", event->text ? event->text : event_name(event->kind));
		break;
	}
	return line.used;
}
