/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel side as the commands see it. kernel.c alone knows libbpf and the skeleton. */
#ifndef RELAYTRAP_KERNEL_H
#define RELAYTRAP_KERNEL_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"
#include "settings.h"
#include "snapshot.h"

struct kernel;

/* The maps that the user side uses. */
enum kernel_map {
	MAP_SETTINGS,
	MAP_ENDPOINTS,
	MAP_SERVICES,
	MAP_FREE_SLOTS,
	MAP_PROCESSES,
	MAP_LOST,
	MAP_VERDICTS,
	MAP_CONTAINMENTS,
	MAP_FUSES,
	MAP_GUARD,
	MAP_BLOCKS,
	MAP_BLOCK_COUNTS, /* per CPU */
	MAP_GUARD_CAUSES, /* per CPU */
	MAP_ALLOWED_IPV4,
	MAP_ALLOWED_IPV6,
	MAP_INTERFACES,
	MAP_SERIES,
	MAP_ACCOUNTS,
	MAP_METRICS,
	KERNEL_MAPS
};

/*
 * Loads, attaches and seeds. Everything vanishes from the kernel with kernel_close() or the
 * death of this process, unless kernel_pin() was called.
 */
int kernel_load(struct kernel **kernel, const struct settings *settings, struct error *error);

/* Makes what was loaded outlive this process, all of it or nothing, in @pin_dir. */
int kernel_pin(struct kernel *kernel, const char *pin_dir, struct error *error);

/* Whether a complete instance is pinned in @pin_dir. */
bool kernel_is_pinned(const char *pin_dir);

/* Reads what another process has pinned; refuses another layout with the command to run. */
int kernel_join(struct kernel **kernel, const char *pin_dir, struct error *error);

/*
 * Joins what is pinned in the settings' pin_dir, puts the programs of this build in the place of another
 * one's, and gives it these settings (max_services stays as it was loaded); looks again for what was there
 * before, as other ports may be watched now. The caller holds the pins.
 */
int kernel_take_over(struct kernel **kernel, const struct settings *settings, struct error *error);

/* Whether that replaced programs. */
bool kernel_upgraded(const struct kernel *kernel);

/*
 * Gives a loaded or joined kernel side these settings, as kernel_take_over() does. After a failure to look
 * again they stand nonetheless.
 */
int kernel_reconfigure(struct kernel *kernel, const struct settings *settings, struct error *error);

/*
 * All entries of a hash map in one read, key and value of each side by side. The caller frees
 * @records.
 */
int kernel_read_map(struct kernel *kernel, enum kernel_map map, void **records, size_t *count,
		    struct error *error);

/* One value; not 0 with errno set when there is none. */
int kernel_lookup(struct kernel *kernel, enum kernel_map map, const void *key, void *value);

/*
 * The sum over all CPUs of a per-CPU map's value, which consists of @words 64-bit counters; not 0 with errno
 * set when there is none.
 */
int kernel_sum(struct kernel *kernel, enum kernel_map map, const void *key, __u64 *sum, size_t words);

/* Adds or replaces, removes one entry; not 0 with errno set on failure. A queue has no keys: NULL. */
int kernel_update(struct kernel *kernel, enum kernel_map map, const void *key, const void *value);
int kernel_delete(struct kernel *kernel, enum kernel_map map, const void *key);

/* Counts @more losses of a @cause that nobody else counts. */
void kernel_lose(struct kernel *kernel, enum rt_lost cause, __u64 more);

/* The boot clock, ns. */
__u64 kernel_now(void);

/* What the programs were told. */
const struct rt_config *kernel_config(const struct kernel *kernel);

/* Runs of the programs that the kernel skipped: the program was already running on that CPU. */
__u64 kernel_missed_runs(const struct kernel *kernel);

/* Hooks that should be attached and are not. */
size_t kernel_unattached(const struct kernel *kernel);

/* Where the guard stands, or should. The caller frees @interfaces (kernel_snapshot.c). */
int kernel_read_interfaces(struct kernel *kernel, struct rt_interface **interfaces, size_t *count,
			   struct error *error);

/* Reads everything once (kernel_snapshot.c). The caller frees the snapshot. */
int kernel_snapshot(struct kernel *kernel, struct snapshot *snapshot, struct error *error);

/* Removes the dead endpoints of @snapshot and frees their slots (kernel_reclaim.c). Returns how many. */
size_t kernel_reclaim(struct kernel *kernel, const struct snapshot *snapshot);

/*
 * Closes what contained services have open in the network namespaces of the processes @pids, and adds to
 * @closed, by service slot, how many connections (kernel_cut.c). Only for an instance that is pinned.
 */
int kernel_cut(struct kernel *kernel, const struct settings *settings, const __u32 *pids, size_t count,
	       __u64 *closed, struct error *error);

/* Whether this kernel can close connections itself (bpf_sock_destroy, 6.5); else netlink is asked to. */
bool kernel_has_sock_destroy(void);

/* Releases this process's hold; what is pinned stays. NULL is allowed. */
void kernel_close(struct kernel *kernel);

/* Detaches and removes all that is pinned in @pin_dir (instance_unload() is for commands). */
int kernel_unload(const char *pin_dir, struct error *error);

/* Told of each program by its section and name: @problem is NULL when it loads and attaches. */
typedef void kernel_tried(void *context, const char *section, const char *name, const char *problem);

/* Loads and attaches each program by itself, for a moment; @cgroup is the root's descriptor. */
void kernel_try_programs(const struct settings *settings, int cgroup, kernel_tried *tried, void *context);

#endif
