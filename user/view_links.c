// SPDX-License-Identifier: GPL-2.0
#include "view_links.h"

#include <stdbool.h>
#include <stdlib.h>

/* What is needed while links are made. */
struct finder {
	const struct snapshot *snapshot;
	const struct service_record **by_slot;
	size_t *service_of; /* of each in by_slot */
	const struct process_record **by_key;
};

static int order(__u64 a, __u64 b)
{
	return (a > b) - (a < b);
}

static int by_slot(const void *a, const void *b)
{
	const struct service_record *const *one = a, *const *other = b;

	return order((*one)->slot, (*other)->slot);
}

static int by_key(const void *a, const void *b)
{
	const struct process_record *const *one = a, *const *other = b;
	int first = order((*one)->key.tgid, (*other)->key.tgid);

	return first ? first : order((*one)->key.start, (*other)->key.start);
}

static int by_link(const void *a, const void *b)
{
	const struct link *one = a, *other = b;
	int first = order(one->service, other->service);

	return first ? first : order(one->item, other->item);
}

static void add(struct links *links, size_t service, size_t item, bool owner)
{
	links->all[links->count++] = (struct link){service, item, owner};
}

static void sort(struct links *links)
{
	if (links->count)
		qsort(links->all, links->count, sizeof(*links->all), by_link);
}

/* Position in by_slot, or the count of services if none has that slot. */
static size_t find_slot(const struct finder *finder, __u32 slot)
{
	struct service_record wanted = {.slot = slot};
	const struct service_record *key = &wanted, **found = NULL;
	size_t count = finder->snapshot->service_count;

	if (slot && count)
		found = bsearch(&key, finder->by_slot, count, sizeof(key), by_slot);
	return found ? (size_t)(found - finder->by_slot) : count;
}

/* Position of what the service at @position was merged into; its own if nothing. */
static size_t find_merged(const struct finder *finder, size_t position)
{
	const struct service_record *record = finder->by_slot[position];
	size_t into;

	/* Services merge into lower slots only: no circles. */
	if (!record->value.merged || record->value.merged >= record->slot)
		return position;
	into = find_slot(finder, record->value.merged);
	return into < finder->snapshot->service_count ? into : position;
}

/* The snapshot is not of one instant: a record may name a service that it does not have. */
static void add_by_slot(struct links *links, const struct finder *finder, __u32 slot, size_t item, bool owner)
{
	size_t position = find_slot(finder, slot);

	if (position < finder->snapshot->service_count)
		add(links, finder->service_of[position], item, owner);
}

static void link_services(struct view_links *links, struct finder *finder)
{
	const struct snapshot *snapshot = finder->snapshot;
	size_t count = snapshot->service_count;

	for (size_t i = 0; i < count; i++)
		finder->by_slot[i] = &snapshot->services[i];
	if (count)
		qsort(finder->by_slot, count, sizeof(*finder->by_slot), by_slot);
	/* From the lowest slot up, so that whatever one has merged into is already part of a service. */
	for (size_t i = 0; i < count; i++) {
		size_t into = find_merged(finder, i);

		finder->service_of[i] = into == i ? links->service_count++ : finder->service_of[into];
		add(&links->services, finder->service_of[i], finder->by_slot[i] - snapshot->services, false);
	}
	sort(&links->services);
}

static const struct process_record *find_process(const struct finder *finder,
						 const struct rt_process_key *key)
{
	struct process_record wanted = {.key = *key};
	const struct process_record *pointer = &wanted, **found = NULL;

	if (key->tgid && finder->snapshot->process_count)
		found = bsearch(&pointer, finder->by_key, finder->snapshot->process_count, sizeof(pointer),
				by_key);
	return found ? *found : NULL;
}

static void link_processes(struct view_links *links, struct finder *finder)
{
	const struct snapshot *snapshot = finder->snapshot;
	struct links *made = &links->processes;
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		finder->by_key[i] = &snapshot->processes[i];
		add_by_slot(made, finder, snapshot->processes[i].value.service, i, false);
	}
	if (snapshot->process_count)
		qsort(finder->by_key, snapshot->process_count, sizeof(*finder->by_key), by_key);
	/* Who only hands connections on is no member, yet must be seen. */
	for (size_t i = 0; i < snapshot->endpoint_count; i++) {
		const struct rt_endpoint *endpoint = &snapshot->endpoints[i].value;
		const struct process_record *owner = find_process(finder, &endpoint->owner);

		if (owner)
			add_by_slot(made, finder, endpoint->service, owner - snapshot->processes, true);
	}
	sort(made);
	for (size_t i = 0; i < made->count; i++) {
		if (!kept || by_link(&made->all[i], &made->all[kept - 1]))
			made->all[kept++] = made->all[i];
		else
			made->all[kept - 1].owner |= made->all[i].owner;
	}
	made->count = kept;
}

static void link_endpoints(struct view_links *links, const struct finder *finder)
{
	for (size_t i = 0; i < finder->snapshot->endpoint_count; i++)
		add_by_slot(&links->endpoints, finder, finder->snapshot->endpoints[i].value.service, i,
			    false);
	sort(&links->endpoints);
}

int view_links_build(struct view_links *links, const struct snapshot *snapshot, struct error *error)
{
	struct finder finder = {.snapshot = snapshot};
	bool complete;

	*links = (struct view_links){0};
	/* One more of each: having nothing to hold is no failure. */
	finder.by_slot = calloc(snapshot->service_count + 1, sizeof(*finder.by_slot));
	finder.service_of = calloc(snapshot->service_count + 1, sizeof(*finder.service_of));
	finder.by_key = calloc(snapshot->process_count + 1, sizeof(*finder.by_key));
	links->services.all = calloc(snapshot->service_count + 1, sizeof(struct link));
	links->endpoints.all = calloc(snapshot->endpoint_count + 1, sizeof(struct link));
	links->processes.all =
		calloc(snapshot->process_count + snapshot->endpoint_count + 1, sizeof(struct link));
	complete = finder.by_slot && finder.service_of && finder.by_key && links->services.all &&
		   links->endpoints.all && links->processes.all;
	if (complete) {
		link_services(links, &finder);
		link_endpoints(links, &finder);
		link_processes(links, &finder);
	} else {
		view_links_free(links);
	}
	free(finder.by_slot);
	free(finder.service_of);
	free(finder.by_key);
	return complete ? 0 : fail(error, "not enough memory for a view");
}

void view_links_free(struct view_links *links)
{
	free(links->services.all);
	free(links->endpoints.all);
	free(links->processes.all);
	*links = (struct view_links){0};
}

struct links links_take(struct links *links, size_t service)
{
	struct links taken = {.all = links->all};

	while (taken.count < links->count && links->all[taken.count].service == service)
		taken.count++;
	links->all += taken.count;
	links->count -= taken.count;
	return taken;
}
