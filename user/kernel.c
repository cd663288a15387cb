// SPDX-License-Identifier: GPL-2.0
/* Load, attach, seed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "kernel_bpf.h"
#include "kernel_guard.h"
#include "netns.h"

const char *const kernel_map_names[KERNEL_MAPS] = {
	[MAP_SETTINGS] = "settings",
	[MAP_ENDPOINTS] = "endpoints",
	[MAP_SERVICES] = "services",
	[MAP_FREE_SLOTS] = "free_slots",
	[MAP_PROCESSES] = "processes",
	[MAP_LOST] = "lost",
	[MAP_VERDICTS] = "verdicts",
	[MAP_CONTAINMENTS] = "containments",
	[MAP_FUSES] = "fuses",
	[MAP_GUARD] = "guard",
	[MAP_BLOCKS] = "blocks",
	[MAP_BLOCK_COUNTS] = "block_counts",
	[MAP_GUARD_CAUSES] = "guard_causes",
	[MAP_ALLOWED_IPV4] = "allowed_ipv4",
	[MAP_ALLOWED_IPV6] = "allowed_ipv6",
	[MAP_INTERFACES] = "interfaces",
	[MAP_SERIES] = "series",
	[MAP_ACCOUNTS] = "accounts",
	[MAP_METRICS] = "metrics",
};

static int discard_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

static int forward_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, format, arguments);
}

void kernel_route_log(bool verbose)
{
	libbpf_set_print(verbose ? forward_log : discard_log);
}

__u64 kernel_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

_Static_assert(sizeof(*((struct relaytrap_bpf *)0)->bss) == sizeof(struct rt_guard),
	       "the guard is alone in .bss");

const char *pin_name(const struct bpf_map *map)
{
	if (strstr(bpf_map__name(map), ".bss"))
		return "guard";
	return bpf_map__is_internal(map) ? NULL : bpf_map__name(map);
}

struct bpf_map *find_pinned(const struct bpf_object *object, const char *name)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
		if (pin_name(map) && !strcmp(pin_name(map), name))
			return map;
	return NULL;
}

bool is_iterator(const struct bpf_program *program)
{
	return strncmp(bpf_program__section_name(program), "iter/", 5) == 0;
}

bool is_cut(const struct bpf_program *program)
{
	return strncmp(bpf_program__name(program), "cut_", 4) == 0 ||
	       strncmp(bpf_program__name(program), "list_", 5) == 0;
}

bool is_guard(const struct bpf_program *program)
{
	return bpf_program__type(program) == BPF_PROG_TYPE_XDP;
}

bool is_cgroup_hook(const struct bpf_program *program)
{
	return strncmp(bpf_program__section_name(program), "cgroup/", 7) == 0;
}

static int check_prerequisites(struct error *error)
{
	if (geteuid() != 0)
		return fail(error, "not root: loading BPF programs needs it; run it with sudo");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return fail(error, "this kernel has no BTF (/sys/kernel/btf/vmlinux); boot one built with "
				   "CONFIG_DEBUG_INFO_BTF=y, as Debian's are since 11");
	return 0;
}

int kernel_configure(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	struct rt_config config = kernel->config;
	__u32 zero = 0;

	config.netns = strcmp(settings->netns, "all") ? netns_inode(settings->netns, error) : 0;
	if (!config.netns && strcmp(settings->netns, "all"))
		return -1;
	config.window = settings->thresholds.window;
	config.pairing_window = settings->pairing_window;
	config.mode = settings->mode;
	config.fuse = settings->fuse;
	memcpy(config.watched, settings->port.bits, sizeof(config.watched));
	if (bpf_map_update_elem(kernel->maps[MAP_SETTINGS], &zero, &config, BPF_ANY))
		return fail(error, "cannot write the settings map: %s", strerror(errno));
	kernel->config = config;
	return 0;
}

static int fill_free_slots(struct kernel *kernel, struct error *error)
{
	for (__u32 slot = 1; slot <= kernel->config.max_services; slot++)
		if (bpf_map_update_elem(kernel->maps[MAP_FREE_SLOTS], NULL, &slot, 0))
			return fail(error, "cannot fill the list of free slots: %s", strerror(errno));
	return 0;
}

/* FNV-1a of the object file. */
__u64 kernel_build(void)
{
	size_t size;
	const unsigned char *bytes = relaytrap_bpf__elf_bytes(&size);
	__u64 hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	return hash;
}

struct relaytrap_bpf *kernel_open_skeleton(const struct settings *settings)
{
	struct relaytrap_bpf *skeleton;
	struct bpf_program *program;

	kernel_route_log(settings && settings->verbose);
	skeleton = relaytrap_bpf__open();
	if (!skeleton || !settings)
		return skeleton;
	bpf_object__for_each_program(program, skeleton->obj)
		bpf_program__set_autoload(program, !is_cut(program));
	bpf_map__set_max_entries(skeleton->maps.services, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.verdicts, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.containments, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.fuses, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.accounts, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.free_slots, settings->max_services);
	bpf_map__set_max_entries(skeleton->maps.endpoints, 4 * settings->max_services);
	return skeleton;
}

struct bpf_link *kernel_attach(struct bpf_program *program, int cgroup)
{
	return is_cgroup_hook(program) ? bpf_program__attach_cgroup(program, cgroup)
				       : bpf_program__attach(program);
}

static int attach_hooks(struct kernel *kernel, struct error *error)
{
	int cgroup = cgroup_open_root(error);
	struct bpf_program *program;
	struct bpf_link *link;

	if (cgroup < 0)
		return -1;
	bpf_object__for_each_program(program, kernel->skeleton->obj) {
		if (is_iterator(program) || is_guard(program))
			continue;
		link = kernel_attach(program, cgroup);
		if (!link) {
			fail(error, "cannot attach to %s: %s; 'relaytrap check' says what this kernel lacks",
			     bpf_program__section_name(program), strerror(errno));
			close(cgroup);
			return -1;
		}
		if (kernel_keep_link(kernel, link, error)) {
			close(cgroup);
			return -1;
		}
	}
	close(cgroup);
	return 0;
}

/* An iterator does its work while it is read. */
static int walk(struct bpf_program *program, struct error *error)
{
	const char *name = bpf_program__name(program);
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	char nothing[64];
	int iterator;
	ssize_t got;

	if (!link)
		return fail(error, "cannot attach %s: %s", name, strerror(errno));
	iterator = bpf_iter_create(bpf_link__fd(link));
	if (iterator < 0) {
		bpf_link__destroy(link);
		return fail(error, "cannot start %s: %s", name, strerror(-iterator));
	}
	do
		got = read(iterator, nothing, sizeof(nothing));
	while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
	if (got < 0)
		fail(error, "cannot walk with %s: %s", name, strerror(errno));
	close(iterator);
	bpf_link__destroy(link);
	return got < 0 ? -1 : 0;
}

int kernel_seed(struct relaytrap_bpf *skeleton, struct error *error)
{
	struct bpf_program *const walks[] = {
		skeleton->progs.seed_listeners, skeleton->progs.seed_descendants,
		skeleton->progs.seed_accepted,  skeleton->progs.seed_opened,
		skeleton->progs.seed_hops,
	};

	for (size_t i = 0; i < sizeof(walks) / sizeof(*walks); i++)
		if (walk(walks[i], error))
			return -1;
	return 0;
}

#define FIRST_GENERATION 1

static int start(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	if (getrandom(kernel->config.seed, sizeof(kernel->config.seed), 0) != sizeof(kernel->config.seed))
		return fail(error, "cannot get random bytes: %s", strerror(errno));
	kernel->config.layout = RT_LAYOUT;
	kernel->config.generation = FIRST_GENERATION;
	kernel->config.build = kernel_build();
	kernel->config.max_services = settings->max_services;
	kernel->config.loaded_at = kernel_now();
	kernel->skeleton = kernel_open_skeleton(settings);
	if (kernel->skeleton)
		kernel->skeleton->rodata->generation = FIRST_GENERATION;
	if (!kernel->skeleton || relaytrap_bpf__load(kernel->skeleton))
		return fail(error,
			    "this kernel refuses the BPF programs: %s; 'relaytrap check' says which and why",
			    strerror(errno));
	for (int i = 0; i < KERNEL_MAPS; i++)
		kernel->maps[i] = bpf_map__fd(find_pinned(kernel->skeleton->obj, kernel_map_names[i]));
	/* Who is allowed comes first: these cost no fuse, not even what is open already. */
	if (kernel_allowed_follow(kernel, settings, error) || kernel_configure(kernel, settings, error) ||
	    fill_free_slots(kernel, error))
		return -1;
	return attach_hooks(kernel, error) || kernel_seed(kernel->skeleton, error) ? -1 : 0;
}

int kernel_load(struct kernel **kernel, const struct settings *settings, struct error *error)
{
	if (check_prerequisites(error))
		return -1;
	*kernel = calloc(1, sizeof(**kernel));
	if (!*kernel)
		return fail(error, "out of memory");
	if (start(*kernel, settings, error)) {
		kernel_close(*kernel);
		*kernel = NULL;
		return -1;
	}
	return 0;
}

void kernel_close(struct kernel *kernel)
{
	if (!kernel)
		return;
	kernel_drop_links(kernel);
	relaytrap_bpf__destroy(kernel->cutter);
	relaytrap_bpf__destroy(kernel->walker);
	if (kernel->skeleton) {
		relaytrap_bpf__destroy(kernel->skeleton);
	} else {
		for (int i = 0; i < KERNEL_MAPS; i++)
			if (kernel->maps[i] > 0)
				close(kernel->maps[i]);
	}
	free(kernel);
}
