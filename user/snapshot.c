// SPDX-License-Identifier: GPL-2.0
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

static const char *const lost_names[] = {
	[RT_LOST_SERVICES] = "services_full",
	[RT_LOST_PROCESSES] = "processes_full",
	[RT_LOST_CONNECTIONS] = "connections_no_memory",
	[RT_LOST_PROVISIONAL] = "provisional_overwritten",
	[RT_LOST_HOPS] = "hops_full",
	[RT_LOST_CLIENTS] = "clients_full",
	[RT_LOST_LINEAGE] = "lineage_too_deep",
	[RT_LOST_LOOKS] = "failed_looks",
	[LOST_MISSED_RUNS] = "missed_runs",
	[LOST_UNATTACHED_HOOKS] = "unattached_hooks",
	[LOST_UNREADABLE_PROCESSES] = "unreadable_processes",
};

_Static_assert(sizeof(lost_names) / sizeof(lost_names[0]) == LOST_CAUSES, "a cause of loss has no name");
_Static_assert(LOST_CAUSES == 11, "name the new cause of loss above");

const char *lost_name(unsigned int cause)
{
	return cause < LOST_CAUSES ? lost_names[cause] : "unknown";
}

void snapshot_free(struct snapshot *snapshot)
{
	free(snapshot->endpoints);
	free(snapshot->services);
	free(snapshot->processes);
	free(snapshot->containments);
	free(snapshot->blocks);
	free(snapshot->interfaces);
	memset(snapshot, 0, sizeof(*snapshot));
}
