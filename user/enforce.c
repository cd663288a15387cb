// SPDX-License-Identifier: GPL-2.0
#include "enforce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contain.h"
#include "stop.h"
#include "view_guard.h"

/* What a service had counted when its connections were cut last: without news there is nothing to cut. */
struct mark {
	__u64 since; /* of the containment */
	__u64 accepts;
	__u64 connects;
	__u64 sends;
};

struct enforce {
	__u32 slots;
	struct mark *marks; /* by slot */
	__u64 *closed;      /* the same */
	struct rt_fuse *fuses;
};

struct enforce *enforce_new(__u32 services)
{
	struct enforce *enforce = calloc(1, sizeof(*enforce));

	if (!enforce)
		return NULL;
	enforce->slots = services + 1;
	enforce->marks = calloc(enforce->slots, sizeof(*enforce->marks));
	enforce->closed = calloc(enforce->slots, sizeof(*enforce->closed));
	enforce->fuses = calloc(enforce->slots, sizeof(*enforce->fuses));
	if (enforce->marks && enforce->closed && enforce->fuses)
		return enforce;
	enforce_free(enforce);
	return NULL;
}

void enforce_free(struct enforce *enforce)
{
	if (!enforce)
		return;
	free(enforce->marks);
	free(enforce->closed);
	free(enforce->fuses);
	free(enforce);
}

/* Lets the view tell what the snapshot's containment of @service has become. */
static void show(struct watch *watch, struct view_service *service)
{
	const struct view *view = &watch->view;
	struct rt_verdict judged = service->judged;

	view_guard_contain(service, &watch->snapshot, view->time - view->now / 1e9);
	view_set_verdict(view, service, &judged, 0);
}

static struct view_service *find(struct watch *watch, __u32 slot)
{
	for (size_t i = 0; i < watch->view.service_count; i++)
		if (watch->view.services[i].slot == slot)
			return &watch->view.services[i];
	return NULL;
}

static const struct rt_service *find_record(const struct snapshot *snapshot, __u32 slot)
{
	for (size_t i = 0; i < snapshot->service_count; i++)
		if (snapshot->services[i].slot == slot)
			return &snapshot->services[i].value;
	return NULL;
}

static int contain(struct watch *watch, struct view_service *service, struct error *error)
{
	const struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	struct ports ports;

	contain_ports(&ports, service->judged.unblocked, &watch->view, service, watch->settings, getpid());
	return stop_contain(watch->kernel, service, kept, &ports, watch->settings->netns, error);
}

/* Blocked since the containment began, though somebody may have lifted that. */
static bool was_blocked(const struct view *view, const struct view_service *service, __u16 port)
{
	for (size_t i = 0; i < view->block_count; i++)
		if (view->blocks[i].port == port &&
		    (view->blocks[i].in_force || view->blocks[i].since >= service->containment.since))
			return true;
	return false;
}

/* A contained service listens on more watched ports than before. */
static int block_new_ports(struct watch *watch, struct view_service *service, struct error *error)
{
	const struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	struct ports ports;

	contain_ports(&ports, service->judged.unblocked, &watch->view, service, watch->settings, getpid());
	for (size_t i = 0; i < service->port_count; i++)
		if (was_blocked(&watch->view, service, service->ports[i]))
			ports.bits[service->ports[i] / 8] &= ~(1 << service->ports[i] % 8);
	return stop_block(watch->kernel, service, kept, &ports, watch->settings->netns, error);
}

/*
 * A service that was contained on its own has become part of another one. The kernel side refuses both since then;
 * the ports follow now, unless an operator has released it meanwhile.
 */
static int follow_merge(struct watch *watch, __u32 slot, struct error *error)
{
	struct rt_containment *all = watch->snapshot.containments, *kept;
	const struct rt_service *record = all[slot].since ? find_record(&watch->snapshot, slot) : NULL;
	struct view_service *service;

	if (!record || !record->merged || record->since != all[slot].birth)
		return 0;
	service = find(watch, record->merged);
	if (!service) /* merged once more; the next look will find it there */
		return 0;
	kept = &all[service->slot];
	if (!contain_stands(kept, service) &&
	    !(kept->birth == service->birth && kept->released > all[slot].since)) {
		*kept = all[slot];
		kept->birth = service->birth;
	}
	if (contain_stands(kept, service)) {
		if (contain(watch, service, error))
			return -1;
		show(watch, service);
	}
	all[slot] = (struct rt_containment){0};
	return stop_forget(watch->kernel, slot, error);
}

static int read_fuses(struct enforce *enforce, struct watch *watch, struct error *error)
{
	const size_t stride = sizeof(__u32) + sizeof(struct rt_fuse);
	void *records;
	size_t count;

	if (kernel_read_map(watch->kernel, MAP_FUSES, &records, &count, error))
		return -1;
	for (size_t slot = 0; slot < count && slot < enforce->slots; slot++)
		memcpy(&enforce->fuses[slot], (char *)records + slot * stride + sizeof(__u32),
		       sizeof(*enforce->fuses));
	free(records);
	return 0;
}

static int act(struct enforce *enforce, struct watch *watch, struct view_service *service,
	       struct error *error)
{
	struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	struct contain_decision decision;
	enum rt_lift by;
	int failed;

	contain_decide(&decision, &watch->view, service, kept, &enforce->fuses[service->slot],
		       watch->settings, getpid());
	memcpy(service->judged.spared, decision.spared, sizeof(decision.spared));
	if (decision.act == CONTAIN_NOTHING)
		return contain_stands(kept, service) ? block_new_ports(watch, service, error) : 0;
	by = kept->expires && watch->view.now >= kept->expires ? RT_LIFT_EXPIRED : RT_LIFT_ENGINE;
	*kept = decision.containment;
	memcpy(kept->label, service->label, sizeof(kept->label));
	if (decision.act == CONTAIN_START)
		failed = contain(watch, service, error);
	else if (decision.act == CONTAIN_END)
		failed = stop_end(watch->kernel, service, kept, by, error);
	else
		failed = stop_exempt(watch->kernel, service, kept, error);
	show(watch, service);
	return failed;
}

/* Whether there may be connections to cut that were not there at the last cut. */
static bool has_news(struct enforce *enforce, const struct watch *watch, const struct view_service *service)
{
	const struct rt_containment *kept = &watch->snapshot.containments[service->slot];
	struct mark *mark = &enforce->marks[service->slot];
	struct mark now = {
		.since = kept->since,
		.accepts = service->counters[RT_ACCEPTS],
		.connects = service->counters[RT_CONNECTS],
		.sends = service->counters[RT_UDP_SENDS],
	};

	if (!contain_stands(kept, service) || kept->dry_run || watch->settings->mode != RT_ENFORCE ||
	    !memcmp(mark, &now, sizeof(now)))
		return false;
	*mark = now;
	return true;
}

/* The processes whose connections are to be cut; it has room for all of the view. */
static size_t collect(struct enforce *enforce, const struct watch *watch, __u32 *pids)
{
	size_t count = 0;

	for (size_t i = 0; i < watch->view.service_count; i++) {
		const struct view_service *service = &watch->view.services[i];

		if (!has_news(enforce, watch, service))
			continue;
		for (size_t j = 0; j < service->process_count; j++)
			pids[count++] = service->processes[j].pid;
	}
	return count;
}

static int cut(struct enforce *enforce, struct watch *watch, struct error *error)
{
	__u32 *pids = calloc(watch->view.process_count + 1, sizeof(*pids));
	struct view_service *service;
	size_t count;
	int failed = 0;

	if (!pids)
		return fail(error, "not enough memory to cut connections");
	count = collect(enforce, watch, pids);
	memset(enforce->closed, 0, enforce->slots * sizeof(*enforce->closed));
	if (count)
		failed = kernel_cut(watch->kernel, watch->settings, pids, count, enforce->closed, error);
	free(pids);
	for (__u32 slot = 1; slot < enforce->slots; slot++) {
		service = enforce->closed[slot] ? find(watch, slot) : NULL;
		if (!service)
			continue;
		if (stop_count_cut(watch->kernel, &watch->snapshot.containments[slot], slot,
				   enforce->closed[slot], error))
			failed = -1;
		show(watch, service);
	}
	return failed;
}

int enforce_look(struct enforce *enforce, struct watch *watch, struct error *error)
{
	int failed = 0;

	for (__u32 slot = 1; slot < enforce->slots; slot++)
		if (follow_merge(watch, slot, error))
			failed = -1;
	if (watch->settings->fuse && read_fuses(enforce, watch, error))
		failed = -1;
	for (size_t i = 0; i < watch->view.service_count; i++)
		if (act(enforce, watch, &watch->view.services[i], error))
			failed = -1;
	if (cut(enforce, watch, error))
		failed = -1;
	view_sort(&watch->view);
	return failed;
}
