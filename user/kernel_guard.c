// SPDX-License-Identifier: GPL-2.0
/* Edits of what is blocked. */
#include "kernel_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_bpf.h"
#include "pins.h"

int kernel_guard_lock(const struct kernel *kernel, struct error *error)
{
	char path[PATH_MAX + sizeof("/" GUARD_LINKS)];
	struct stat status;
	int lock, failed;

	snprintf(path, sizeof(path), "%s/" GUARD_LINKS, kernel->pin_dir);
	lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return fail(error, "cannot open %s: %s", path, strerror(errno));
	do
		failed = flock(lock, LOCK_EX);
	while (failed && errno == EINTR);
	if (failed)
		fail(error, "cannot lock %s: %s", path, strerror(errno));
	else if (fstat(lock, &status) || !status.st_nlink)
		failed = fail(error, "%s was unloaded in the meantime", kernel->pin_dir);
	if (!failed)
		return lock;
	close(lock);
	return -1;
}

int kernel_guard_read(struct kernel *kernel, struct guard_blocks *blocks, struct error *error)
{
	memset(blocks, 0, sizeof(*blocks));
	for (__u32 slot = 1; slot < RT_BLOCKS; slot++)
		if (kernel_lookup(kernel, MAP_BLOCKS, &slot, &blocks->records[slot]))
			return fail(error, "cannot read what is blocked: %s", strerror(errno));
	return 0;
}

static int clear_counts(struct kernel *kernel, __u32 slot)
{
	int cpus = libbpf_num_possible_cpus(), failed;
	struct rt_block_count *zeros = cpus > 0 ? calloc(cpus, sizeof(*zeros)) : NULL;

	failed = !zeros || kernel_update(kernel, MAP_BLOCK_COUNTS, &slot, zeros);
	free(zeros);
	return failed;
}

/* The records are the truth: should this process die half-way, the next edit makes the guard follow them. */
static int write_blocks(struct kernel *kernel, const struct guard_blocks *blocks, struct error *error)
{
	struct rt_guard *guard = malloc(sizeof(*guard));
	__u32 zero = 0;
	int failed = !guard || kernel_lookup(kernel, MAP_GUARD, &zero, guard);

	for (__u32 slot = 1; !failed && slot < RT_BLOCKS; slot++) {
		if (blocks->changes[slot] == GUARD_NEW)
			failed = clear_counts(kernel, slot);
		if (!failed && blocks->changes[slot] != GUARD_SAME)
			failed = kernel_update(kernel, MAP_BLOCKS, &slot, &blocks->records[slot]);
	}
	if (!failed) {
		guard_fill(guard, blocks);
		failed = kernel_update(kernel, MAP_GUARD, &zero, guard);
	}
	if (failed)
		fail(error, "cannot write what is blocked: %s", strerror(errno));
	free(guard);
	return failed ? -1 : 0;
}

int kernel_guard_edit(struct kernel *kernel, const struct guard_order *order, struct guard_blocks *after,
		      struct error *error)
{
	int lock = kernel_guard_lock(kernel, error), failed;

	if (lock < 0)
		return -1;
	failed = kernel_guard_read(kernel, after, error) || guard_apply(after, order, kernel_now(), error) ||
		 write_blocks(kernel, after, error);
	close(lock);
	return failed ? -1 : 0;
}
