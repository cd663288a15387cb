// SPDX-License-Identifier: GPL-2.0
#include "event_json.h"

#include <errno.h>
#include <string.h>

#include "event_line.h"
#include "json_guard.h"
#include "json_writer.h"

static void put_service(struct json_writer *w, struct json_object *object, const struct event *event)
{
	const struct view_service *service = event->service;
	struct json_object *list;

	json_put_text(w, object, "label", service->label, sizeof(service->label));
	list = json_put_empty(w, object, "ports", json_object_new_array());
	for (size_t i = 0; i < service->port_count; i++)
		json_append(w, list, json_object_new_int(service->ports[i]));
	if (event->kind == EVENT_LISTENER || event->kind == EVENT_LISTENER_BACK) {
		json_put_count(w, object, "port", event->port);
		json_put(w, object, "blocked", json_object_new_boolean(event->blocked));
		json_put(w, object, "contained",
			 json_object_new_boolean(service->standing == VERDICT_CONTAINED));
	}
	list = json_put_empty(w, object, "pids", json_object_new_array());
	for (size_t i = 0; i < service->process_count; i++)
		json_append(w, list, json_object_new_uint64(service->processes[i].pid));
}

static void put_verdict(struct json_writer *w, struct json_object *object, const struct event *event)
{
	const struct view_service *service = event->service;
	const char *before = verdict_name(event->before);
	const char *verdict = verdict_name(service->judged.verdict);
	double since = event->time - (double)(service->judged.time - service->judged.since) / 1e9;
	struct json_object *list;

	json_put_text(w, object, "verdict", verdict, strlen(verdict));
	json_put_text(w, object, "before", before, strlen(before));
	json_put_seconds(w, object, "since", service->standing == VERDICT_CONTAINED ? since : service->since);
	list = json_put_empty(w, object, "reasons", json_object_new_array());
	for (__u32 i = 0; i < service->judged.reason_count && i < RT_REASONS; i++)
		json_append(w, list, json_object_new_string(service->judged.reasons[i]));
}

static void put_stopped(struct json_writer *w, struct json_object *object, const struct event *event)
{
	static const char *const names[STOPPED_KINDS] = {
		[STOPPED_CONNECTS] = "refused_connects",
		[STOPPED_SENDS] = "refused_sends",
		[STOPPED_IN_NAME] = "would_refuse",
		[STOPPED_CUT] = "cut",
	};

	for (unsigned int kind = 0; kind < STOPPED_KINDS; kind++)
		json_put_count(w, object, names[kind], event->stopped[kind]);
	json_put(w, object, "others", json_object_new_boolean(event->others));
}

static void put_containment(struct json_writer *w, struct json_object *object, const struct event *event)
{
	static const char *const ways[RELEASE_WAYS] = {
		[RELEASE_EXPIRED] = "expired",
		[RELEASE_OPERATOR] = "operator",
		[RELEASE_SETTINGS] = "settings",
		[RELEASE_EXEMPT] = "exempt",
	};
	const struct view_service *service = event->service;

	if (event->kind == EVENT_CONTAINED)
		json_put(w, object, "containment", json_containment(w, &service->containment));
	if (event->kind == EVENT_RELEASED)
		json_put_text(w, object, "by", ways[event->release], strlen(ways[event->release]));
	if (event->kind == EVENT_SPARED)
		json_put_text(w, object, "reason", service->judged.spared,
			      strnlen(service->judged.spared, RT_REASON_LEN));
}

static void put_guard(struct json_writer *w, struct json_object *object, const struct event *event)
{
	static const char *const lifts[RT_LIFTS] = {
		[RT_LIFT_EXPIRED] = "expired",
		[RT_LIFT_OPERATOR] = "operator",
		[RT_LIFT_ENGINE] = "engine",
		[RT_LIFT_SETTINGS] = "settings",
	};
	const struct view_block *block = event->block;

	if (block)
		json_put_block(w, object, block);
	if (block && event->kind == EVENT_UNBLOCKED && block->lifted_by < RT_LIFTS)
		json_put_text(w, object, "by", lifts[block->lifted_by], strlen(lifts[block->lifted_by]));
	if (event->kind == EVENT_DROPS) {
		json_put_count(w, object, "port", event->port);
		json_put_count(w, object, "packets", event->packets);
		json_put_count(w, object, "requests", event->requests);
		json_put_seconds(w, object, "peak_requests_per_second", event->peak);
	}
	if (block || event->kind == EVENT_DROPS)
		json_put(w, object, "dry_run", json_object_new_boolean(event->dry_run));
	if (event->interface)
		json_put(w, object, "interface", json_interface(w, event->interface));
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
	if (event->service)
		put_containment(w, object, event);
	put_guard(w, object, event);
	if (event->kind == EVENT_STOPPING)
		put_stopped(w, object, event);
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
