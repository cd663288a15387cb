// SPDX-License-Identifier: GPL-2.0
#include "event_json.h"

#include <errno.h>
#include <string.h>

#include "event_line.h"
#include "json_writer.h"

static void put_service(struct json_writer *w, struct json_object *object, const struct event *event)
{
	const struct view_service *service = event->service;
	struct json_object *list;

	json_put_text(w, object, "label", service->label, sizeof(service->label));
	list = json_put_empty(w, object, "ports", json_object_new_array());
	for (size_t i = 0; i < service->port_count; i++)
		json_append(w, list, json_object_new_int(service->ports[i]));
	if (event->kind != EVENT_VERDICT)
		json_put_count(w, object, "port", event->port);
	list = json_put_empty(w, object, "pids", json_object_new_array());
	for (size_t i = 0; i < service->process_count; i++)
		json_append(w, list, json_object_new_uint64(service->processes[i].pid));
}

static void put_verdict(struct json_writer *w, struct json_object *object, const struct event *event)
{
	const struct view_service *service = event->service;
	const char *before = verdict_name(event->before);
	struct json_object *list;

	json_put_text(w, object, "verdict", service->verdict, strlen(service->verdict));
	json_put_text(w, object, "before", before, strlen(before));
	json_put_seconds(w, object, "since", service->since);
	list = json_put_empty(w, object, "reasons", json_object_new_array());
	for (__u32 i = 0; i < service->judged.reason_count && i < RT_REASONS; i++)
		json_append(w, list, json_object_new_string(service->judged.reasons[i]));
}

static struct json_object *event_object(struct json_writer *w, const struct event *event)
{
	const char *name = event_name(event->kind), *left_out = event_name(event->left_out);
	struct json_object *object = json_object_new_object(), *losses;
	char line[EVENT_LINE];

	json_put_seconds(w, object, "time", event->time);
	json_put_text(w, object, "event", name, strlen(name));
	json_put(w, object, "warning", json_object_new_boolean(event_is_warning(event)));
	if (event->service)
		put_service(w, object, event);
	if (event->service && event->kind == EVENT_VERDICT)
		put_verdict(w, object, event);
	if (event->kind == EVENT_LEFT_OUT) {
		json_put_text(w, object, "of", left_out, strlen(left_out));
		json_put_count(w, object, "count", event->count);
	}
	if (event->kind == EVENT_LOST) {
		losses = json_put_empty(w, object, "lost", json_object_new_object());
		for (unsigned int cause = 0; cause < LOST_CAUSES; cause++)
			if (event->lost[cause])
				json_put_count(w, losses, lost_name(cause), event->lost[cause]);
	}
	event_line(line, event);
	json_put(w, object, "text", json_object_new_string(line));
	return object;
}

int event_json_print(FILE *stream, const struct event *event, struct error *error)
{
	struct json_writer writer = {0};
	struct json_object *object = event_object(&writer, event);
	const char *text = NULL;
	int result = 0;

	if (!writer.failed)
		text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
								      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		result = fail(error, "not enough memory for an event as JSON");
	else if (fputs(text, stream) == EOF || fputc('\n', stream) == EOF || fflush(stream))
		result = fail(error, "cannot write events: %s", strerror(errno));
	json_object_put(object);
	return result;
}
