/* SPDX-License-Identifier: GPL-2.0 */
/* What one read of the kernel's maps gave: records as they stand there, nothing judged. */
#ifndef RELAYTRAP_SNAPSHOT_H
#define RELAYTRAP_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "relaytrap.h"

struct endpoint_record {
	struct rt_endpoint_key key;
	struct rt_endpoint value;
};

struct process_record {
	struct rt_process_key key;
	struct rt_process value;
};

struct service_record {
	__u32 slot;
	struct rt_service value;
};

/* Losses that the kernel itself keeps, or that the user side meets, beside enum rt_lost. */
enum lost_cause {
	LOST_MISSED_RUNS = RT_LOST_CAUSES, /* a program was skipped: it was already running on that CPU */
	LOST_UNATTACHED_HOOKS,
	LOST_UNREADABLE_PROCESSES,
	LOST_CAUSES
};

/* Name of a cause in JSON, metrics and tables, in snake_case; a static string. */
const char *lost_name(unsigned int cause);

/* A block that is or was in force. */
struct block_record {
	__u32 slot;
	struct rt_block value;
	struct rt_block_count count; /* of all CPUs */
};

struct snapshot {
	__u64 now; /* boot clock, ns */
	struct rt_config config;
	struct endpoint_record *endpoints;
	size_t endpoint_count;
	struct service_record *services; /* used slots only */
	size_t service_count;
	struct process_record *processes;
	size_t process_count;
	struct rt_containment *containments; /* by service slot, 0 to config.max_services */
	struct block_record *blocks;         /* used slots only */
	size_t block_count;
	struct rt_interface *interfaces; /* used entries only */
	size_t interface_count;
	bool dry_run;      /* the guard drops nothing */
	__u32 guard_netns; /* inode of the network namespace that it guards, 0 = none yet */
	__u64 guard_causes[RT_GUARD_CAUSES];
	__u64 lost[LOST_CAUSES];
};

/* Frees what the snapshot holds and leaves it empty; an all-zero snapshot is allowed. */
void snapshot_free(struct snapshot *snapshot);

#endif
