// SPDX-License-Identifier: GPL-2.0
#include "reclaim.h"

#include "units.h"

/* A listener may be between bind and its first accept on another CPU. */
#define GRACE (2 * NS_PER_S)

static bool is_merged(const struct snapshot *snapshot, __u32 slot)
{
	for (size_t i = 0; i < snapshot->service_count; i++) {
		const struct service_record *record = &snapshot->services[i];

		if (record->value.merged && (record->slot == slot || record->value.merged == slot))
			return true;
	}
	return false;
}

static bool has_members(const struct snapshot *snapshot, __u32 slot)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].value.service == slot)
			return true;
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

bool endpoint_is_dead(const struct snapshot *snapshot, size_t index)
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
	return idle > GRACE && !is_merged(snapshot, endpoint->service) &&
	       !has_members(snapshot, endpoint->service);
}
