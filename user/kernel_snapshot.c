// SPDX-License-Identifier: GPL-2.0
/* A snapshot, put together from the maps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

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

/* All values of an array map, by index, in one read; the caller frees @records. Adds the stride between them. */
static const char *read_array(struct kernel *kernel, enum kernel_map map, size_t value_size, void **records,
			      size_t *count, size_t *stride, struct error *error)
{
	*stride = sizeof(__u32) + value_size;
	return kernel_read_map(kernel, map, records, count, error) ? NULL : (char *)*records + sizeof(__u32);
}

static int read_containments(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	const size_t room = snapshot->config.max_services + 1;
	size_t count, stride;
	const char *values;
	void *records;

	snapshot->containments = calloc(room, sizeof(*snapshot->containments));
	if (!snapshot->containments)
		return fail(error, "out of memory");
	values = read_array(kernel, MAP_CONTAINMENTS, sizeof(*snapshot->containments), &records, &count,
			    &stride, error);
	if (!values)
		return -1;
	for (size_t slot = 1; slot < count && slot < room; slot++)
		memcpy(&snapshot->containments[slot], values + slot * stride,
		       sizeof(*snapshot->containments));
	free(records);
	return 0;
}

static void take_block(struct kernel *kernel, struct snapshot *snapshot, __u32 slot, const void *value)
{
	struct block_record *record = &snapshot->blocks[snapshot->block_count];

	memcpy(&record->value, value, sizeof(record->value));
	if (!record->value.since)
		return;
	record->slot = slot;
	kernel_sum(kernel, MAP_BLOCK_COUNTS, &slot, (__u64 *)&record->count,
		   sizeof(record->count) / sizeof(__u64));
	snapshot->block_count++;
}

static int read_blocks(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	size_t count, stride;
	const char *values;
	void *records;

	snapshot->blocks = calloc(RT_BLOCKS, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return fail(error, "out of memory");
	values = read_array(kernel, MAP_BLOCKS, sizeof(struct rt_block), &records, &count, &stride, error);
	if (!values)
		return -1;
	for (__u32 slot = 1; slot < count && slot < RT_BLOCKS; slot++)
		take_block(kernel, snapshot, slot, values + slot * stride);
	free(records);
	for (__u32 cause = 0; cause < RT_GUARD_CAUSES; cause++)
		kernel_sum(kernel, MAP_GUARD_CAUSES, &cause, &snapshot->guard_causes[cause], 1);
	return 0;
}

static int read_guard(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	struct rt_guard *guard = malloc(sizeof(*guard));
	__u32 zero = 0;
	int failed = !guard || kernel_lookup(kernel, MAP_GUARD, &zero, guard);

	if (failed) {
		fail(error, "cannot read what the guard is to do: %s", strerror(errno));
	} else {
		snapshot->dry_run = guard->dry_run;
		snapshot->guard_netns = guard->netns;
	}
	free(guard);
	return failed ? -1 : 0;
}

int kernel_read_interfaces(struct kernel *kernel, struct rt_interface **interfaces, size_t *count,
			   struct error *error)
{
	size_t entries, stride;
	const char *values;
	void *records;

	*count = 0;
	*interfaces = calloc(RT_INTERFACES, sizeof(**interfaces));
	if (!*interfaces)
		return fail(error, "out of memory");
	values = read_array(kernel, MAP_INTERFACES, sizeof(**interfaces), &records, &entries, &stride, error);
	if (!values) {
		free(*interfaces);
		*interfaces = NULL;
		return -1;
	}
	for (size_t i = 0; i < entries && i < RT_INTERFACES; i++) {
		struct rt_interface *interface = &(*interfaces)[*count];

		memcpy(interface, values + i * stride, sizeof(*interface));
		*count += interface->state != RT_INTERFACE_NONE;
	}
	free(records);
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
	snapshot->now = kernel_now();
	/* The daemon may have been told something else since this process joined it. */
	if (kernel_lookup(kernel, MAP_SETTINGS, &zero, &snapshot->config))
		snapshot->config = *kernel_config(kernel);
	if (kernel_read_map(kernel, MAP_ENDPOINTS, (void **)&snapshot->endpoints, &snapshot->endpoint_count,
			    error) ||
	    kernel_read_map(kernel, MAP_PROCESSES, (void **)&snapshot->processes, &snapshot->process_count,
			    error) ||
	    read_services(kernel, snapshot, error) || read_containments(kernel, snapshot, error) ||
	    read_blocks(kernel, snapshot, error) || read_guard(kernel, snapshot, error) ||
	    kernel_read_interfaces(kernel, &snapshot->interfaces, &snapshot->interface_count, error)) {
		snapshot_free(snapshot);
		return -1;
	}
	drop_exited(snapshot);
	read_lost(kernel, snapshot);
	return 0;
}
