// SPDX-License-Identifier: GPL-2.0
/* A snapshot, put together from the maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel.h"
#include "units.h"

static __u64 boot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Each service was made for an endpoint, so the endpoints name all slots in use. */
static int read_services(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	snapshot->services = calloc(snapshot->endpoint_count + 1, sizeof(*snapshot->services));
	if (!snapshot->services)
		return fail(error, "out of memory");
	for (size_t i = 0; i < snapshot->endpoint_count; i++) {
		struct service_record *record = &snapshot->services[snapshot->service_count];

		record->slot = snapshot->endpoints[i].value.service;
		if (kernel_lookup(kernel, MAP_SERVICES, &record->slot, &record->value))
			return fail(error, "cannot read service %u: %s", record->slot, strerror(errno));
		snapshot->service_count++;
	}
	return 0;
}

static void read_lost(struct kernel *kernel, struct snapshot *snapshot)
{
	for (__u32 cause = 0; cause < RT_LOST_CAUSES; cause++)
		kernel_lookup(kernel, MAP_LOST, &cause, &snapshot->lost[cause]);
	snapshot->lost[LOST_UNATTACHED_HOOKS] = kernel_unattached(kernel);
	snapshot->lost[LOST_MISSED_RUNS] = kernel_missed_runs(kernel);
}

/* A zombie is nobody to look at. */
static void drop_exited(struct snapshot *snapshot)
{
	size_t alive = 0;

	for (size_t i = 0; i < snapshot->process_count; i++)
		if (!snapshot->processes[i].value.exited)
			snapshot->processes[alive++] = snapshot->processes[i];
	snapshot->process_count = alive;
}

int kernel_snapshot(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	__u32 zero = 0;

	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->now = boot_now();
	/* The daemon may have been told something else since this process joined it. */
	if (kernel_lookup(kernel, MAP_SETTINGS, &zero, &snapshot->config))
		snapshot->config = *kernel_config(kernel);
	if (kernel_read_map(kernel, MAP_ENDPOINTS, (void **)&snapshot->endpoints, &snapshot->endpoint_count,
			    error) ||
	    kernel_read_map(kernel, MAP_PROCESSES, (void **)&snapshot->processes, &snapshot->process_count,
			    error) ||
	    read_services(kernel, snapshot, error)) {
		snapshot_free(snapshot);
		return -1;
	}
	drop_exited(snapshot);
	read_lost(kernel, snapshot);
	return 0;
}
