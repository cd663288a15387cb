// SPDX-License-Identifier: GPL-2.0
/* Gives slots of dead services back, so that a table of fixed size serves for years. */
#include "kernel.h"
#include "reclaim.h"

size_t kernel_reclaim(struct kernel *kernel, const struct snapshot *snapshot)
{
	static const struct rt_service empty;
	struct rt_endpoint now;
	size_t reclaimed = 0;

	for (size_t i = 0; i < snapshot->endpoint_count; i++) {
		const struct endpoint_record *dead = &snapshot->endpoints[i];

		if (!endpoint_is_dead(snapshot, i))
			continue;
		/* Somebody may listen again since the snapshot. */
		if (kernel_lookup(kernel, MAP_ENDPOINTS, &dead->key, &now) || now.listeners ||
		    kernel_delete(kernel, MAP_ENDPOINTS, &dead->key))
			continue;
		kernel_update(kernel, MAP_SERVICES, &now.service, &empty);
		kernel_update(kernel, MAP_FREE_SLOTS, NULL, &now.service);
		reclaimed++;
	}
	return reclaimed;
}
