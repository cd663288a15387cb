// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "ports.h"
#include "text.h"

/* Where values go; knows whether one of them could not be made. */
struct writer {
	bool failed;
};

/* Takes @value over. */
static void put(struct writer *w, struct json_object *object, const char *name, struct json_object *value)
{
	if (object && value && !json_object_object_add(object, name, value))
		return;
	json_object_put(value);
	w->failed = true;
}

static void append(struct writer *w, struct json_object *array, struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return;
	json_object_put(value);
	w->failed = true;
}

static void put_count(struct writer *w, struct json_object *object, const char *name, __u64 value)
{
	put(w, object, name, json_object_new_uint64(value));
}

static void put_seconds(struct writer *w, struct json_object *object, const char *name, double value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%.3f", value);
	put(w, object, name, json_object_new_double_s(value, digits));
}

/* Up to @size bytes, or to the first NUL. */
static void put_text(struct writer *w, struct json_object *object, const char *name, const char *bytes,
		     size_t size)
{
	char text[4 * 256 + 1];
	size_t length = text_printable(text, sizeof(text), bytes, strnlen(bytes, size), true);

	put(w, object, name, json_object_new_string_len(text, (int)length));
}

/* An array or object that is already part of @object when it gets its elements; NULL on failure. */
static struct json_object *put_empty(struct writer *w, struct json_object *object, const char *name,
				     struct json_object *empty)
{
	put(w, object, name, empty);
	return w->failed ? NULL : empty;
}

static struct json_object *process_object(struct writer *w, const struct view_process *process)
{
	static const char *const roles[] = {
		[RT_ROLE_CANDIDATE] = "listener",
		[RT_ROLE_DESCENDANT] = "descendant",
		[RT_ROLE_HOP] = "hop",
		[RT_ROLE_READER] = "reader",
	};
	const struct rt_process *counted = &process->record->value;
	const struct process_facts *facts = process->facts;
	struct json_object *object = json_object_new_object();
	const char *role = counted->role <= RT_ROLE_READER ? roles[counted->role] : "unknown";

	put_count(w, object, "pid", process->pid);
	put_count(w, object, "start_time", process->start_time);
	put_text(w, object, "comm", counted->comm, sizeof(counted->comm));
	put_text(w, object, "exe", facts->exe, sizeof(facts->exe));
	put_text(w, object, "user", facts->user, sizeof(facts->user));
	put_text(w, object, "cgroup", facts->cgroup, sizeof(facts->cgroup));
	put_count(w, object, "netns", counted->netns);
	put_text(w, object, "role", role, strlen(role));
	put_count(w, object, "accepts", counted->accepts);
	put_count(w, object, "connects", counted->connects);
	return object;
}

static void put_counters(struct writer *w, struct json_object *object, const struct view_service *service)
{
	const __u64 *counters = service->counters;

	put_count(w, object, "accepts", counters[RT_ACCEPTS]);
	put_count(w, object, "clients", service->clients);
	put_count(w, object, "open", service->open);
	put_count(w, object, "connects", counters[RT_CONNECTS]);
	put_count(w, object, "connect_failures", counters[RT_CONNECT_FAILURES]);
	put_count(w, object, "paired", counters[RT_PAIRED]);
	put_count(w, object, "both_sides", counters[RT_BOTH_SIDES]);
	put_count(w, object, "fan_out", service->fan_out);
	put_count(w, object, "mail_connects", counters[RT_MAIL_CONNECTS]);
	put_count(w, object, "mail_fan_out", service->mail_fan_out);
	put_count(w, object, "refused_connects", counters[RT_REFUSED_CONNECTS]);
	put_count(w, object, "look_backs", counters[RT_LOOK_BACKS]);
	put_count(w, object, "hops", counters[RT_HOPS]);
	put_count(w, object, "udp_sends", counters[RT_UDP_SENDS]);
	put_count(w, object, "udp_fan_out", service->udp_fan_out);
}

static void put_bytes(struct writer *w, struct json_object *object, const __u64 *counters)
{
	struct json_object *bytes = put_empty(w, object, "bytes", json_object_new_object());

	put_count(w, bytes, "client_received", counters[RT_CLIENT_RECEIVED]);
	put_count(w, bytes, "client_sent", counters[RT_CLIENT_SENT]);
	put_count(w, bytes, "upstream_received", counters[RT_UPSTREAM_RECEIVED]);
	put_count(w, bytes, "upstream_sent", counters[RT_UPSTREAM_SENT]);
}

static struct json_object *service_object(struct writer *w, const struct view_service *service)
{
	struct json_object *object = json_object_new_object(), *list;

	put_text(w, object, "label", service->label, sizeof(service->label));
	put_text(w, object, "verdict", service->verdict, strlen(service->verdict));
	put(w, object, "reasons", json_object_new_array());
	put_seconds(w, object, "since", service->since);
	list = put_empty(w, object, "ports", json_object_new_array());
	for (size_t i = 0; i < service->port_count; i++)
		append(w, list, json_object_new_int(service->ports[i]));
	put_count(w, object, "listeners", service->listeners);
	put_counters(w, object, service);
	put_bytes(w, object, service->counters);
	list = put_empty(w, object, "processes", json_object_new_array());
	for (size_t i = 0; i < service->process_count && !w->failed; i++)
		append(w, list, process_object(w, &service->processes[i]));
	return object;
}

/* The ports as the option --port would take them: "any" is not a list of 65,535 numbers. */
static void put_watched(struct writer *w, struct json_object *object, const struct rt_config *config)
{
	const size_t size = RT_PORTS * sizeof("65535");
	char *text = malloc(size);
	struct ports watched;

	memcpy(watched.bits, config->watched, sizeof(watched.bits));
	if (text)
		ports_format(&watched, text, size);
	put(w, object, "watched_ports", text ? json_object_new_string(text) : NULL);
	free(text);
}

static struct json_object *status_object(struct writer *w, const struct view *view)
{
	struct json_object *object = json_object_new_object(), *list;

	put_text(w, object, "version", RELAYTRAP_VERSION, sizeof(RELAYTRAP_VERSION));
	put_count(w, object, "schema", JSON_SCHEMA);
	put_text(w, object, "mode", "observe", sizeof("observe"));
	put_seconds(w, object, "uptime_seconds", view->uptime);
	put_watched(w, object, view->config);
	put(w, object, "interfaces", json_object_new_array());
	put(w, object, "guard", json_object_new_array());
	put(w, object, "allow", json_object_new_array());
	list = put_empty(w, object, "services", json_object_new_array());
	for (size_t i = 0; i < view->service_count && !w->failed; i++)
		append(w, list, service_object(w, &view->services[i]));
	list = put_empty(w, object, "lost", json_object_new_object());
	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++)
		put_count(w, list, lost_name(cause), view->lost[cause]);
	return object;
}

int json_print_status(FILE *stream, const struct view *view, struct error *error)
{
	struct writer writer = {0};
	struct json_object *object = status_object(&writer, view);
	const char *text = NULL;
	int result = 0;

	if (!writer.failed)
		text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
								      JSON_C_TO_STRING_SPACED |
								      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		result = fail(error, "not enough memory for the status as JSON");
	else if (fputs(text, stream) == EOF || fputc('\n', stream) == EOF || fflush(stream))
		result = fail(error, "cannot write the status: %s", strerror(errno));
	json_object_put(object);
	return result;
}
