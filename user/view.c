// SPDX-License-Identifier: GPL-2.0
#include "view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "sketch.h"
#include "units.h"
#include "view_guard.h"
#include "view_links.h"

/* What is needed while a view is built. */
struct builder {
	struct view *view;
	const struct snapshot *snapshot;
	const struct process_facts *facts;
	const struct view *previous;
	const struct view_service **before; /* the previous view's services, by slot */
	const struct rt_service **parts;    /* room for all that was merged into one service */
	const struct rt_sketch **known;     /* the same */
	double wall_offset;
};

/* -1, 0 or 1. */
static int order(__u64 a, __u64 b)
{
	return (a > b) - (a < b);
}

static int by_slot(const void *a, const void *b)
{
	const struct view_service *const *one = a, *const *other = b;

	return order((*one)->slot, (*other)->slot);
}

static int by_port(const void *a, const void *b)
{
	return order(*(const __u16 *)a, *(const __u16 *)b);
}

/* Oldest first. */
static int by_age(const struct view_process *one, const struct view_process *other)
{
	int first = order(one->start_time, other->start_time);

	return first ? first : order(one->pid, other->pid);
}

static int by_activity(const void *a, const void *b)
{
	const struct rt_process *one = &((const struct view_process *)a)->record->value;
	const struct rt_process *other = &((const struct view_process *)b)->record->value;
	int first = order(other->connects, one->connects);

	if (!first)
		first = order(other->accepts, one->accepts);
	if (!first)
		first = order(other->role, one->role);
	return first ? first : by_age(a, b);
}

static int by_urgency(const void *a, const void *b)
{
	const struct view_service *one = a, *other = b;
	int first = order(other->standing, one->standing);

	if (!first)
		first = order(other->fan_out, one->fan_out);
	if (!first)
		first = order(other->counters[RT_ACCEPTS], one->counters[RT_ACCEPTS]);
	return first ? first : order(one->slot, other->slot);
}

/* The same service in the previous view, or NULL. */
static const struct view_service *find_before(const struct builder *b, __u32 slot, __u64 birth)
{
	struct view_service wanted = {.slot = slot};
	const struct view_service *key = &wanted, **found;

	if (!b->previous || !b->previous->service_count)
		return NULL;
	found = bsearch(&key, b->before, b->previous->service_count, sizeof(key), by_slot);
	return found && (*found)->birth == birth ? *found : NULL;
}

static void add_counters(const struct builder *b, struct view_service *service,
			 const struct service_record *record)
{
	const struct view_service *before = find_before(b, record->slot, record->value.since);

	/* What merged since the previous view was on its own there; what is new has no past. */
	for (int i = 0; i < RT_COUNTERS; i++) {
		service->counters[i] += record->value.counters[i];
		service->before[i] += before ? before->counters[i] : 0;
	}
	service->open += record->value.open;
}

/* What stands of the engine's verdict and a containment. */
static void view_stand(struct view_service *service)
{
	const struct view_containment *containment = &service->containment;

	if (!service->judged.birth)
		service->since = service->first_seen;
	service->standing = service->judged.verdict;
	service->verdict = service->judged.birth ? verdict_name(service->standing) : "unjudged";
	if (!containment->in_force || containment->dry_run)
		return;
	service->standing = VERDICT_CONTAINED;
	service->verdict = verdict_name(VERDICT_CONTAINED);
	service->since = containment->since;
}

static void fill_service(const struct builder *b, struct view_service *service, const struct links *records)
{
	const struct rt_config *config = &b->snapshot->config;
	__u64 now = b->snapshot->now, oldest = ~0ULL;
	size_t count = records->count;

	for (size_t i = 0; i < count; i++) {
		const struct service_record *record = &b->snapshot->services[records->all[i].item];

		b->parts[i] = &record->value;
		add_counters(b, service, record);
		if (record->value.since < oldest)
			oldest = record->value.since;
		if (!i || record->slot < service->slot) {
			service->slot = record->slot;
			service->birth = record->value.since;
		}
	}
	/* Carried from one to the other while they were read. */
	if ((__s64)service->open < 0)
		service->open = 0;
	for (int i = 0; i < RT_COUNTERS; i++)
		if (!b->previous || service->before[i] > service->counters[i])
			service->before[i] = service->counters[i];
	service->first_seen = oldest / 1e9 + b->wall_offset;
	view_guard_contain(service, b->snapshot, b->wall_offset);
	view_stand(service);
	service->clients = service_sketch_estimate(config, b->parts, count, RT_SKETCH_CLIENTS, now);
	service->fan_out = service_sketch_estimate(config, b->parts, count, RT_SKETCH_FAN_OUT, now);
	service->mail_fan_out = service_sketch_estimate(config, b->parts, count, RT_SKETCH_MAIL, now);
	service->udp_fan_out = service_sketch_estimate(config, b->parts, count, RT_SKETCH_UDP, now);
	service->private_fan_out = service_sketch_estimate(config, b->parts, count, RT_SKETCH_PRIVATE, now);
	for (size_t i = 0; i < count; i++)
		b->known[i] = &b->parts[i]->known;
	service->known_fan_out = sketch_estimate(b->known, count);
}

static bool is_exposed(const struct rt_endpoint_key *key, __u32 guarded)
{
	static const __u8 mapped[12] = {[10] = 0xff, [11] = 0xff}, loopback[16] = {[15] = 1};
	const __u8 *address = key->address.bytes;

	return key->netns == guarded && memcmp(address, loopback, sizeof(loopback)) != 0 &&
	       !(!memcmp(address, mapped, sizeof(mapped)) && address[12] == 127);
}

/* Writes the ports to @ports, their listeners to @listeners; both have room for one for each endpoint. */
static void fill_ports(const struct builder *b, struct view_service *service, const struct links *endpoints,
		       __u16 *ports, struct view_listener *listeners)
{
	for (size_t i = 0; i < endpoints->count; i++)
		ports[i] = b->snapshot->endpoints[endpoints->all[i].item].key.port;
	if (endpoints->count)
		qsort(ports, endpoints->count, sizeof(*ports), by_port);
	service->ports = ports;
	service->port_listeners = listeners;
	for (size_t i = 0; i < endpoints->count; i++)
		if (!i || ports[i] != ports[i - 1])
			ports[service->port_count++] = ports[i];
	for (size_t i = 0; i < endpoints->count; i++) {
		const struct endpoint_record *endpoint = &b->snapshot->endpoints[endpoints->all[i].item];
		const __u16 *port =
			bsearch(&endpoint->key.port, ports, service->port_count, sizeof(*ports), by_port);

		listeners[port - ports].count += endpoint->value.listeners;
		listeners[port - ports].exposed |= is_exposed(&endpoint->key, b->snapshot->guard_netns);
		if (endpoint->value.owner.start > listeners[port - ports].started)
			listeners[port - ports].started = endpoint->value.owner.start;
		service->listeners += endpoint->value.listeners;
	}
}

static void fill_processes(const struct builder *b, struct view_service *service,
			   const struct links *processes, struct view_process *to)
{
	for (size_t i = 0; i < processes->count; i++) {
		size_t item = processes->all[i].item;
		const struct process_record *record = &b->snapshot->processes[item];

		to[i].pid = record->key.tgid;
		to[i].start_time = record->key.start;
		to[i].owner = processes->all[i].owner;
		to[i].record = record;
		to[i].facts = &b->facts[item];
	}
	service->processes = to;
	service->process_count = processes->count;
	if (processes->count)
		qsort(to, processes->count, sizeof(*to), by_activity);
}

/* Whether @one says more than @other of what the service is: a stronger role, or longer there. */
static bool tells_more(const struct view_process *one, const struct view_process *other)
{
	if (!other || one->record->value.role != other->record->value.role)
		return !other || one->record->value.role > other->record->value.role;
	return by_age(one, other) < 0;
}

static void fill_label(const struct builder *b, struct view_service *service)
{
	const struct view_process *by_cgroup = NULL, *by_name = NULL;
	const struct view_service *before = find_before(b, service->slot, service->birth);
	char label[sizeof(service->label)] = "";

	for (size_t i = 0; i < service->process_count; i++) {
		const struct view_process *process = &service->processes[i];

		if (tells_more(process, by_cgroup) &&
		    label_from_cgroup(label, sizeof(label), process->facts->cgroup)) {
			by_cgroup = process;
			memcpy(service->label, label, sizeof(label));
		}
		if (process->record->value.comm[0] && tells_more(process, by_name))
			by_name = process;
	}
	if (by_cgroup)
		return;
	if (by_name)
		snprintf(service->label, sizeof(service->label), "%.*s", RT_COMM_LEN,
			 by_name->record->value.comm);
	else if (before)
		memcpy(service->label, before->label, sizeof(service->label));
	else if (service->port_count)
		snprintf(service->label, sizeof(service->label), "port %u", service->ports[0]);
	else
		snprintf(service->label, sizeof(service->label), "no port");
}

static void fill(const struct builder *b, const struct view_links *links)
{
	struct links records = links->services, endpoints = links->endpoints, processes = links->processes;
	struct view_process *process = b->view->processes;
	__u16 *port = b->view->ports;
	struct view_listener *listeners = b->view->port_listeners;

	for (size_t i = 0; i < links->service_count; i++) {
		struct view_service *service = &b->view->services[i];
		struct links part = links_take(&records, i);

		fill_service(b, service, &part);
		part = links_take(&endpoints, i);
		fill_ports(b, service, &part, port, listeners);
		port += part.count;
		listeners += part.count;
		part = links_take(&processes, i);
		fill_processes(b, service, &part, process);
		process += part.count;
		fill_label(b, service);
	}
	view_sort(b->view);
}

void view_sort(struct view *view)
{
	if (view->service_count)
		qsort(view->services, view->service_count, sizeof(*view->services), by_urgency);
}

static void note_age(struct view_service *service, __u64 age)
{
	__u32 *count = &service->judged.reason_count;
	char text[UNITS_TEXT];

	units_format_age(text, age);
	if (*count == RT_REASONS)
		--*count;
	snprintf(service->judged.reasons[(*count)++], RT_REASON_LEN,
		 "not judged again for %s: is 'relaytrap run' still active?", text);
}

void view_set_verdict(const struct view *view, struct view_service *service, const struct rt_verdict *verdict,
		      __u64 fresh)
{
	service->judged = *verdict;
	/* It may come from a map that others write. */
	if (service->judged.verdict >= VERDICTS)
		service->judged.verdict = VERDICT_QUIET;
	if (service->judged.reason_count > RT_REASONS)
		service->judged.reason_count = RT_REASONS;
	for (__u32 i = 0; i < RT_REASONS; i++)
		service->judged.reasons[i][RT_REASON_LEN - 1] = '\0';
	service->since = view->time - ((double)view->now - (double)verdict->since) / 1e9;
	view_stand(service);
	if (fresh && view->now > verdict->time && view->now - verdict->time > fresh)
		note_age(service, view->now - verdict->time);
}

static int fill_all(struct builder *b, const struct view_links *links, struct error *error)
{
	struct view *view = b->view;

	view->service_count = links->service_count;
	view->process_count = links->processes.count;
	/* One more of each: having nothing to hold is no failure. */
	view->services = calloc(links->service_count + 1, sizeof(*view->services));
	view->processes = calloc(links->processes.count + 1, sizeof(*view->processes));
	view->ports = calloc(links->endpoints.count + 1, sizeof(*view->ports));
	view->port_listeners = calloc(links->endpoints.count + 1, sizeof(*view->port_listeners));
	b->parts = calloc(b->snapshot->service_count + 1, sizeof(*b->parts));
	b->known = calloc(b->snapshot->service_count + 1, sizeof(*b->known));
	b->before = calloc((b->previous ? b->previous->service_count : 0) + 1, sizeof(*b->before));
	if (!view->services || !view->processes || !view->ports || !view->port_listeners || !b->parts ||
	    !b->known || !b->before)
		return fail(error, "not enough memory for a view");
	if (b->previous && b->previous->service_count) {
		for (size_t i = 0; i < b->previous->service_count; i++)
			b->before[i] = &b->previous->services[i];
		qsort(b->before, b->previous->service_count, sizeof(*b->before), by_slot);
	}
	fill(b, links);
	return 0;
}

int view_build(struct view *view, const struct snapshot *snapshot, const struct process_facts *facts,
	       double wall_offset, const struct view *previous, struct error *error)
{
	struct builder builder = {.view = view,
				  .snapshot = snapshot,
				  .facts = facts,
				  .previous = previous,
				  .wall_offset = wall_offset};
	struct view_links links;
	int result;

	*view = (struct view){.config = &snapshot->config};
	if (view_links_build(&links, snapshot, error))
		return -1;
	view->instance = snapshot->config.loaded_at;
	view->now = snapshot->now;
	view->time = snapshot->now / 1e9 + wall_offset;
	if (snapshot->now > snapshot->config.loaded_at)
		view->uptime = (snapshot->now - snapshot->config.loaded_at) / 1e9;
	/* Of another instance, or of no time ago: nothing to compare with. */
	if (previous && previous->uptime >= view->uptime)
		builder.previous = NULL;
	if (builder.previous)
		view->interval = view->uptime - previous->uptime;
	memcpy(view->lost, snapshot->lost, sizeof(view->lost));
	result = fill_all(&builder, &links, error);
	if (!result)
		result = view_guard_build(view, snapshot, wall_offset, builder.previous, error);
	view_links_free(&links);
	free(builder.parts);
	free(builder.known);
	free(builder.before);
	if (result)
		view_free(view);
	return result;
}

void view_free(struct view *view)
{
	free(view->services);
	free(view->processes);
	free(view->ports);
	free(view->port_listeners);
	free(view->blocks);
	free(view->interfaces);
	memset(view, 0, sizeof(*view));
}
