/* SPDX-License-Identifier: GPL-2.0 */
/* Private to kernel*.c, and the only file that includes libbpf and the skeleton. */
#ifndef RELAYTRAP_KERNEL_BPF_H
#define RELAYTRAP_KERNEL_BPF_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel.h"
#include "pins_next.h"
#include "relaytrap.skel.h"

#define HOOKS_MAX 32

/* One that is attached for good. */
struct hook {
	struct bpf_link *link; /* NULL: its pin keeps it */
	int program;           /* -1: it cannot be asked for anything */
};

struct kernel {
	struct relaytrap_bpf *skeleton; /* NULL when joined */
	struct relaytrap_bpf *walker;   /* what looks for what was there before, of one that was taken over */
	struct relaytrap_bpf *cutter;   /* NULL until there is something to cut */
	int maps[KERNEL_MAPS];
	struct hook hooks[HOOKS_MAX];
	size_t hook_count;
	size_t unattached; /* hooks that are missing among the pins */
	struct rt_config config;
	char pin_dir[PATH_MAX]; /* "" = nothing is pinned */
	bool upgraded;          /* programs of another build were replaced */
};

extern const char *const kernel_map_names[KERNEL_MAPS];

/* The name that a map is pinned under; NULL: it is not. */
const char *pin_name(const struct bpf_map *map);

/* The map that is pinned under @name; NULL: there is none. */
struct bpf_map *find_pinned(const struct bpf_object *object, const char *name);

bool is_iterator(const struct bpf_program *program);

bool is_cgroup_hook(const struct bpf_program *program);

/* Whether it is one of the iterators that close connections (kernel_cut.c); they are loaded when needed. */
bool is_cut(const struct bpf_program *program);

/* Whether this is the guard: it stands on interfaces, as many as there are (kernel_xdp.c). */
bool is_guard(const struct bpf_program *program);

/* Opened, and sized by @settings unless that is NULL. NULL with errno set. */
struct relaytrap_bpf *kernel_open_skeleton(const struct settings *settings);

/* Tells builds of the programs apart. */
__u64 kernel_build(void);

/* Whether one of the iterators that close connections is the one for this kernel. */
bool kernel_can_cut(const struct bpf_program *program);

/* Hands libbpf's log on, or drops it. */
void kernel_route_log(bool verbose);

/* Attaches a hook; cgroup hooks to the root that @cgroup is open on. NULL with errno set. */
struct bpf_link *kernel_attach(struct bpf_program *program, int cgroup);

/* Takes @link over even when it fails (kernel_links.c). */
int kernel_keep_link(struct kernel *kernel, struct bpf_link *link, struct error *error);

/* Leaves the links to their pins, so that they end with these; their programs can be asked on. */
void kernel_release_links(struct kernel *kernel);

/* Those that are not pinned are detached. */
void kernel_drop_links(struct kernel *kernel);

/* Looks for the pinned links of @skeleton's hooks, and counts those that are not there (kernel_pin.c). */
int kernel_open_pinned_links(struct kernel *kernel, const struct relaytrap_bpf *skeleton,
			     struct error *error);

/*
 * Opens the programs that are @wanted, and loads them on the pinned maps, for @generation. NULL with the
 * reason in @error.
 */
struct relaytrap_bpf *kernel_load_on_pins(const struct kernel *kernel, const struct settings *settings,
					  bool (*wanted)(const struct bpf_program *), __u32 generation,
					  struct error *error);

/*
 * Puts the programs of this build in the place of those of another one, if any are pinned, or finishes what
 * was begun (kernel_upgrade.c). The caller holds the pins.
 */
int kernel_upgrade(struct kernel *kernel, const struct settings *settings, struct error *error);

/* Takes over what @settings say of the programs, then tells them. */
int kernel_configure(struct kernel *kernel, const struct settings *settings, struct error *error);

/* Runs the walks for what was there before the hooks. */
int kernel_seed(struct relaytrap_bpf *skeleton, struct error *error);

#endif
