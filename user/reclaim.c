// SPDX-License-Identifier: GPL-2.0
#include "reclaim.h"

#include "units.h"

/* A listener may be between bind and its first accept on another CPU. */
#define GRACE (2 * NS_PER_S)

/* Or somebody who may become one. */
static bool has_members(const struct snapshot *snapshot, __u32 slot)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct rt_process *process = &snapshot->processes[i].value;

		if (process->service == slot || process->listens == slot || process->origin == slot)
			return true;
	}
	return false;
}

/* Whoever comes back to a contained endpoint is to be the same service. */
static bool is_contained(const struct snapshot *snapshot, __u32 slot, __u64 birth)
{
	const struct rt_containment *containment = snapshot->containments;

	if (!containment || slot > snapshot->config.max_services)
		return false;
	return containment[slot].since && containment[slot].birth == birth;
}

/* Looked at on its own, whatever it is a part of. */
static bool is_idle(const struct snapshot *snapshot, size_t index)
{
	const struct rt_endpoint *endpoint = &snapshot->endpoints[index].value;
	const struct rt_service *service = &snapshot->services[index].value;
	__u64 idle = snapshot->now - service->since;

	if (endpoint->listeners || service->open || snapshot->now < service->since ||
	    is_contained(snapshot, endpoint->service, service->since))
		return false;
	if (service->counters[RT_ACCEPTS]) {
		if (idle > snapshot->now - service->last_accept)
			idle = snapshot->now - service->last_accept;
		if (idle > snapshot->now - service->last_close)
			idle = snapshot->now - service->last_close;
		if (idle <= 2 * snapshot->config.window)
			return false;
	}
	return idle > GRACE && !has_members(snapshot, endpoint->service);
}

bool endpoint_is_dead(const struct snapshot *snapshot, size_t index)
{
	const struct service_record *own = &snapshot->services[index];
	__u32 root = own->value.merged ? own->value.merged : own->slot;

	if (!is_idle(snapshot, index))
		return false;
	for (size_t i = 0; i < snapshot->service_count; i++) {
		const struct service_record *other = &snapshot->services[i];

		if (other->value.merged == own->slot)
			return false; /* its parts go first: none must name a slot that is free */
		if ((other->slot == root || other->value.merged == root) && !is_idle(snapshot, i))
			return false;
	}
	return true;
}
