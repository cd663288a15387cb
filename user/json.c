// SPDX-License-Identifier: GPL-2.0
#include "json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_guard.h"
#include "json_writer.h"
#include "list.h"
#include "ports.h"
#include "view_guard.h"

static struct json_object *process_object(struct json_writer *w, const struct view_process *process)
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

	json_put_count(w, object, "pid", process->pid);
	json_put_count(w, object, "start_time", process->start_time);
	json_put_text(w, object, "comm", counted->comm, sizeof(counted->comm));
	json_put_text(w, object, "exe", facts->exe, sizeof(facts->exe));
	json_put_text(w, object, "user", facts->user, sizeof(facts->user));
	json_put_text(w, object, "cgroup", facts->cgroup, sizeof(facts->cgroup));
	json_put_count(w, object, "netns", counted->netns);
	json_put_text(w, object, "role", role, strlen(role));
	json_put_count(w, object, "accepts", counted->accepts);
	json_put_count(w, object, "connects", counted->connects);
	return object;
}

static void put_counters(struct json_writer *w, struct json_object *object,
			 const struct view_service *service)
{
	const __u64 *counters = service->counters;

	json_put_count(w, object, "accepts", counters[RT_ACCEPTS]);
	json_put_count(w, object, "clients", service->clients);
	json_put_count(w, object, "open", service->open);
	json_put_count(w, object, "connects", counters[RT_CONNECTS]);
	json_put_count(w, object, "connect_failures", counters[RT_CONNECT_FAILURES]);
	json_put_count(w, object, "paired", counters[RT_PAIRED]);
	json_put_count(w, object, "both_sides", counters[RT_BOTH_SIDES]);
	json_put_count(w, object, "fan_out", service->fan_out);
	json_put_count(w, object, "private_fan_out", service->private_fan_out);
	json_put_count(w, object, "known_fan_out", service->known_fan_out);
	json_put_count(w, object, "mail_connects", counters[RT_MAIL_CONNECTS]);
	json_put_count(w, object, "mail_fan_out", service->mail_fan_out);
	json_put_count(w, object, "refused_connects", counters[RT_REFUSED_CONNECTS]);
	json_put_count(w, object, "refused_sends", counters[RT_REFUSED_SENDS]);
	json_put_count(w, object, "would_refuse", counters[RT_WOULD_REFUSE]);
	json_put_count(w, object, "look_backs", counters[RT_LOOK_BACKS]);
	json_put_count(w, object, "udp_look_backs", counters[RT_UDP_LOOK_BACKS]);
	json_put_count(w, object, "hops", counters[RT_HOPS]);
	json_put_count(w, object, "udp_sends", counters[RT_UDP_SENDS]);
	json_put_count(w, object, "udp_fan_out", service->udp_fan_out);
}

static void put_bytes(struct json_writer *w, struct json_object *object, const __u64 *counters)
{
	struct json_object *bytes = json_put_empty(w, object, "bytes", json_object_new_object());

	json_put_count(w, bytes, "client_received", counters[RT_CLIENT_RECEIVED]);
	json_put_count(w, bytes, "client_sent", counters[RT_CLIENT_SENT]);
	json_put_count(w, bytes, "upstream_received", counters[RT_UPSTREAM_RECEIVED]);
	json_put_count(w, bytes, "upstream_sent", counters[RT_UPSTREAM_SENT]);
}

struct json_object *json_service(struct json_writer *w, const struct view_service *service)
{
	struct json_object *object = json_object_new_object(), *list;

	json_put_text(w, object, "label", service->label, sizeof(service->label));
	json_put_text(w, object, "verdict", service->verdict, strlen(service->verdict));
	list = json_put_empty(w, object, "reasons", json_object_new_array());
	for (__u32 i = 0; i < service->judged.reason_count; i++)
		json_append(w, list, json_object_new_string(service->judged.reasons[i]));
	if (*service->judged.spared)
		json_put_text(w, object, "not_contained", service->judged.spared,
			      sizeof(service->judged.spared));
	if (service->containment.in_force && *service->judged.unblocked)
		json_put_text(w, object, "not_blocked", service->judged.unblocked,
			      sizeof(service->judged.unblocked));
	json_put_seconds(w, object, "since", service->since);
	json_put_seconds(w, object, "first_seen", service->first_seen);
	if (service->containment.in_force)
		json_put(w, object, "containment", json_containment(w, &service->containment));
	list = json_put_empty(w, object, "ports", json_object_new_array());
	for (size_t i = 0; i < service->port_count; i++)
		json_append(w, list, json_object_new_int(service->ports[i]));
	json_put_count(w, object, "listeners", service->listeners);
	put_counters(w, object, service);
	put_bytes(w, object, service->counters);
	list = json_put_empty(w, object, "processes", json_object_new_array());
	for (size_t i = 0; i < service->process_count && !w->failed; i++)
		json_append(w, list, process_object(w, &service->processes[i]));
	return object;
}

/* The ports as the option --port would take them: "any" is not a list of 65,535 numbers. */
static void put_watched(struct json_writer *w, struct json_object *object, const struct rt_config *config)
{
	const size_t size = RT_PORTS * sizeof("65535");
	char *text = malloc(size);
	struct ports watched;

	memcpy(watched.bits, config->watched, sizeof(watched.bits));
	if (text)
		ports_format(&watched, text, size);
	json_put(w, object, "watched_ports", text ? json_object_new_string(text) : NULL);
	free(text);
}

static struct json_object *status_object(struct json_writer *w, const struct view *view,
					 const struct allowed_list *allowed)
{
	struct json_object *object = json_object_new_object(), *list;

	json_put_text(w, object, "version", RELAYTRAP_VERSION, sizeof(RELAYTRAP_VERSION));
	json_put_count(w, object, "schema", JSON_SCHEMA);
	json_put_text(w, object, "mode", mode_name(view->mode), strlen(mode_name(view->mode)));
	json_put_seconds(w, object, "uptime_seconds", view->uptime);
	put_watched(w, object, view->config);
	json_put_guard(w, object, view);
	json_put_allowed(w, object, view, allowed);
	list = json_put_empty(w, object, "services", json_object_new_array());
	for (size_t i = 0; i < view->service_count && !w->failed; i++)
		json_append(w, list, json_service(w, &view->services[i]));
	list = json_put_empty(w, object, "lost", json_object_new_object());
	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++)
		json_put_count(w, list, lost_name(cause), view->lost[cause]);
	return object;
}

int json_print(FILE *stream, struct json_object *object, bool complete, struct error *error)
{
	const char *text = NULL;
	int result = 0;

	if (complete)
		text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
								      JSON_C_TO_STRING_SPACED |
								      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		result = fail(error, "not enough memory for JSON");
	else if (fputs(text, stream) == EOF || fputc('\n', stream) == EOF || fflush(stream))
		result = fail(error, "cannot write JSON: %s", strerror(errno));
	json_object_put(object);
	return result;
}

int json_print_status(FILE *stream, const struct view *view, const struct allowed_list *allowed,
		      struct error *error)
{
	struct json_writer writer = {0};
	struct json_object *object = status_object(&writer, view, allowed);

	return json_print(stream, object, !writer.failed, error);
}
