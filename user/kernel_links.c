// SPDX-License-Identifier: GPL-2.0
/* The hooks: their links, and what the kernel knows of the programs behind them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kernel_bpf.h"

/* To ask for a program by its number takes more rights than to keep it. */
static int open_program(const struct bpf_link *link)
{
	struct bpf_link_info info = {};
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &length))
		return -1;
	return bpf_prog_get_fd_by_id(info.prog_id);
}

int kernel_keep_link(struct kernel *kernel, struct bpf_link *link, struct error *error)
{
	if (kernel->hook_count == HOOKS_MAX) {
		bpf_link__destroy(link);
		return fail(error, "more than %d hooks", HOOKS_MAX);
	}
	kernel->hooks[kernel->hook_count++] = (struct hook){.link = link, .program = open_program(link)};
	return 0;
}

void kernel_release_links(struct kernel *kernel)
{
	for (size_t i = 0; i < kernel->hook_count; i++) {
		bpf_link__destroy(kernel->hooks[i].link);
		kernel->hooks[i].link = NULL;
	}
}

void kernel_drop_links(struct kernel *kernel)
{
	for (size_t i = 0; i < kernel->hook_count; i++) {
		bpf_link__destroy(kernel->hooks[i].link);
		if (kernel->hooks[i].program >= 0)
			close(kernel->hooks[i].program);
	}
	kernel->hook_count = 0;
	kernel->unattached = 0;
}

size_t kernel_unattached(const struct kernel *kernel)
{
	return kernel->unattached;
}

static __u64 missed_runs(int program)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);

	return program < 0 || bpf_obj_get_info_by_fd(program, &info, &length) ? 0 : info.recursion_misses;
}

__u64 kernel_missed_runs(const struct kernel *kernel)
{
	__u64 missed = 0;

	for (size_t i = 0; i < kernel->hook_count; i++)
		missed += missed_runs(kernel->hooks[i].program);
	return missed;
}
