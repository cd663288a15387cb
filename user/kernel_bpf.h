/* SPDX-License-Identifier: GPL-2.0 */
/* Private to kernel*.c, and the only file that includes libbpf and the skeleton. */
#ifndef RELAYTRAP_KERNEL_BPF_H
#define RELAYTRAP_KERNEL_BPF_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kernel.h"
#include "relaytrap.skel.h"

#define HOOKS_MAX 16

struct kernel {
	struct relaytrap_bpf *skeleton; /* NULL when joined */
	int maps[KERNEL_MAPS];
	struct bpf_link *links[HOOKS_MAX];
	size_t link_count;
	size_t unattached;
	struct rt_config config;
	char pin_dir[PATH_MAX]; /* "" = nothing is pinned */
};

extern const char *const kernel_map_names[KERNEL_MAPS];

bool is_iterator(const struct bpf_program *program);

/* Whether this is the guard: it stands on interfaces, as many as there are (kernel_xdp.c). */
bool is_guard(const struct bpf_program *program);

/* Opened, and sized by @settings unless that is NULL. NULL with errno set. */
struct relaytrap_bpf *kernel_open_skeleton(const struct settings *settings);

/* Hands libbpf's log on, or drops it. */
void kernel_route_log(bool verbose);

/* Attaches a hook; cgroup hooks to the root that @cgroup is open on. NULL with errno set. */
struct bpf_link *kernel_attach(struct bpf_program *program, int cgroup);

/* Takes over what @settings say of the programs, then tells them. */
int kernel_configure(struct kernel *kernel, const struct settings *settings, struct error *error);

/* Runs the walks for what was there before the hooks. */
int kernel_seed(struct relaytrap_bpf *skeleton, struct error *error);

#endif
