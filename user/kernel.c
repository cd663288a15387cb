// SPDX-License-Identifier: GPL-2.0
#include "kernel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "pins.h"
#include "relaytrap.skel.h"

#define HOOKS_MAX 16

/* Maps that the user side reads or writes; the others live as long as the programs that use them. */
enum shared_map { MAP_SETTINGS, MAP_ENDPOINTS, MAP_SERVICES, MAP_FREE_SLOTS, MAP_PROCESSES, MAP_LOST, MAPS };

static const char *const map_names[MAPS] = { "settings", "endpoints", "services", "free_slots", "processes", "lost" };

struct kernel {
	struct relaytrap_bpf *skeleton; /* NULL when joined */
	int maps[MAPS];
	struct bpf_link *links[HOOKS_MAX];
	size_t link_count;
	size_t unattached;
	struct rt_config config;
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

static __u64 boot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static bool is_iterator(const struct bpf_program *program)
{
	return strncmp(bpf_program__section_name(program), "iter/", 5) == 0;
}

static bool is_cgroup_hook(const struct bpf_program *program)
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

static int netns_inode(const char *netns, __u32 *inode, struct error *error)
{
	const char *path = strcmp(netns, "self") == 0 ? "/proc/self/ns/net" : netns;
	struct stat status;

	*inode = 0;
	if (strcmp(netns, "all") == 0)
		return 0;
	if (stat(path, &status))
		return fail(error, "netns %s: %s; give 'all', 'self' or a path such as /run/netns/NAME", netns,
			    strerror(errno));
	*inode = status.st_ino;
	return 0;
}

static int configure(struct rt_config *config, const struct settings *settings, struct error *error)
{
	if (netns_inode(settings->netns, &config->netns, error))
		return -1;
	config->window = settings->window;
	config->pairing_window = settings->pairing_window;
	memcpy(config->watched, settings->port.bits, sizeof(config->watched));
	return 0;
}

static int write_config(struct kernel *kernel, struct error *error)
{
	__u32 zero = 0;

	if (bpf_map_update_elem(kernel->maps[MAP_SETTINGS], &zero, &kernel->config, BPF_ANY))
		return fail(error, "cannot write the settings map: %s", strerror(errno));
	return 0;
}

static int fill_free_slots(struct kernel *kernel, struct error *error)
{
	for (__u32 slot = 1; slot <= kernel->config.max_services; slot++)
		if (bpf_map_update_elem(kernel->maps[MAP_FREE_SLOTS], NULL, &slot, 0))
			return fail(error, "cannot fill the list of free slots: %s", strerror(errno));
	return 0;
}

static struct relaytrap_bpf *open_skeleton(const struct settings *settings)
{
	struct relaytrap_bpf *skeleton;

	libbpf_set_print(settings->verbose ? forward_log : discard_log);
	skeleton = relaytrap_bpf__open();
	if (!skeleton)
		return NULL;
	bpf_map__set_max_entries(skeleton->maps.services, settings->max_services + 1);
	bpf_map__set_max_entries(skeleton->maps.free_slots, settings->max_services);
	bpf_map__set_max_entries(skeleton->maps.endpoints, 4 * settings->max_services);
	return skeleton;
}

static struct bpf_link *attach_hook(struct bpf_program *program, int cgroup)
{
	return is_cgroup_hook(program) ? bpf_program__attach_cgroup(program, cgroup) : bpf_program__attach(program);
}

static int attach_hooks(struct kernel *kernel, struct error *error)
{
	int cgroup = cgroup_open_root(error);
	struct bpf_program *program;
	struct bpf_link *link;

	if (cgroup < 0)
		return -1;
	bpf_object__for_each_program(program, kernel->skeleton->obj) {
		if (is_iterator(program))
			continue;
		link = attach_hook(program, cgroup);
		if (!link) {
			fail(error, "cannot attach to %s: %s; 'relaytrap check' says what this kernel lacks",
			     bpf_program__section_name(program), strerror(errno));
			close(cgroup);
			return -1;
		}
		kernel->links[kernel->link_count++] = link;
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

static int seed(struct kernel *kernel, struct error *error)
{
	struct bpf_program *const walks[] = {
		kernel->skeleton->progs.seed_listeners,
		kernel->skeleton->progs.seed_descendants,
		kernel->skeleton->progs.seed_accepted,
		kernel->skeleton->progs.seed_opened,
	};

	for (size_t i = 0; i < sizeof(walks) / sizeof(*walks); i++)
		if (walk(walks[i], error))
			return -1;
	return 0;
}

static int start(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	if (configure(&kernel->config, settings, error))
		return -1;
	if (getrandom(kernel->config.seed, sizeof(kernel->config.seed), 0) != sizeof(kernel->config.seed))
		return fail(error, "cannot get random bytes: %s", strerror(errno));
	kernel->config.layout = RT_LAYOUT;
	kernel->config.max_services = settings->max_services;
	kernel->config.loaded_at = boot_now();
	kernel->skeleton = open_skeleton(settings);
	if (!kernel->skeleton || relaytrap_bpf__load(kernel->skeleton))
		return fail(error, "this kernel refuses the BPF programs: %s; 'relaytrap check' says which and why",
			    strerror(errno));
	for (int i = 0; i < MAPS; i++)
		kernel->maps[i] = bpf_object__find_map_fd_by_name(kernel->skeleton->obj, map_names[i]);
	if (write_config(kernel, error) || fill_free_slots(kernel, error))
		return -1;
	return attach_hooks(kernel, error) || seed(kernel, error) ? -1 : 0;
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

static int pin_all(struct kernel *kernel, const char *directory, struct error *error)
{
	char path[PATH_MAX + 32];
	struct bpf_program *program;
	size_t link = 0;

	for (int i = 0; i < MAPS; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, map_names[i]);
		if (bpf_obj_pin(kernel->maps[i], path))
			return fail(error, "cannot pin %s: %s", path, strerror(errno));
	}
	bpf_object__for_each_program(program, kernel->skeleton->obj) {
		if (is_iterator(program))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, bpf_program__name(program));
		if (bpf_obj_pin(bpf_link__fd(kernel->links[link++]), path))
			return fail(error, "cannot pin %s: %s", path, strerror(errno));
	}
	return 0;
}

int kernel_pin(struct kernel *kernel, const char *pin_dir, struct error *error)
{
	struct pin_stage stage;

	if (pins_stage(&stage, pin_dir, error))
		return -1;
	if (pin_all(kernel, stage.path, error)) {
		pins_abandon(&stage);
		return -1;
	}
	return pins_commit(&stage, error);
}

bool kernel_is_pinned(const char *pin_dir)
{
	return pins_exist(pin_dir);
}

static int open_pinned_maps(struct kernel *kernel, const char *pin_dir, struct error *error)
{
	char path[PATH_MAX + 32];
	__u32 zero = 0;
	struct bpf_map_info info = {};
	__u32 length = sizeof(info);

	for (int i = 0; i < MAPS; i++) {
		snprintf(path, sizeof(path), "%s/%s", pin_dir, map_names[i]);
		kernel->maps[i] = bpf_obj_get(path);
		if (kernel->maps[i] < 0)
			return fail(error, "cannot open %s: %s; %s", path, strerror(errno),
				    errno == EPERM || errno == EACCES ? "run it with sudo" :
									"start again with 'relaytrap unload'");
	}
	/* The size is compared first: a lookup writes as many bytes as the map's own layout has. */
	if (bpf_obj_get_info_by_fd(kernel->maps[MAP_SETTINGS], &info, &length) ||
	    info.value_size != sizeof(kernel->config) ||
	    bpf_map_lookup_elem(kernel->maps[MAP_SETTINGS], &zero, &kernel->config) || kernel->config.layout != RT_LAYOUT)
		return fail(error, "%s was pinned by a relaytrap with another layout; remove it with 'relaytrap unload' "
			    "(counters start again) or use that version", pin_dir);
	return 0;
}

/* Links are opened to see that they stand, and to ask their programs for runs they missed. */
static void open_pinned_links(struct kernel *kernel, const char *pin_dir)
{
	struct relaytrap_bpf *skeleton = relaytrap_bpf__open();
	struct bpf_program *program;
	char path[PATH_MAX + 32];
	struct bpf_link *link;

	if (!skeleton)
		return;
	bpf_object__for_each_program(program, skeleton->obj) {
		if (is_iterator(program))
			continue;
		snprintf(path, sizeof(path), "%s/%s", pin_dir, bpf_program__name(program));
		link = bpf_link__open(path);
		if (link)
			kernel->links[kernel->link_count++] = link;
		else
			kernel->unattached++;
	}
	relaytrap_bpf__destroy(skeleton);
}

int kernel_join(struct kernel **kernel, const char *pin_dir, struct error *error)
{
	libbpf_set_print(discard_log);
	*kernel = calloc(1, sizeof(**kernel));
	if (!*kernel)
		return fail(error, "out of memory");
	if (open_pinned_maps(*kernel, pin_dir, error)) {
		kernel_close(*kernel);
		*kernel = NULL;
		return -1;
	}
	open_pinned_links(*kernel, pin_dir);
	return 0;
}

void kernel_close(struct kernel *kernel)
{
	if (!kernel)
		return;
	for (size_t i = 0; i < kernel->link_count; i++)
		bpf_link__destroy(kernel->links[i]);
	if (kernel->skeleton) {
		relaytrap_bpf__destroy(kernel->skeleton);
	} else {
		for (int i = 0; i < MAPS; i++)
			if (kernel->maps[i] > 0)
				close(kernel->maps[i]);
	}
	free(kernel);
}

int kernel_unload(const char *pin_dir, struct error *error)
{
	return pins_remove(pin_dir, error);
}

/* All entries of a hash map, key and value of each side by side. The caller frees @records. */
static int read_all(int map, size_t key_size, size_t value_size, void **records, size_t *count, struct error *error)
{
	struct bpf_map_info info = {};
	__u32 length = sizeof(info), batch, got;
	char *keys, *values, *out;

	*records = NULL;
	*count = 0;
	if (bpf_obj_get_info_by_fd(map, &info, &length))
		return fail(error, "cannot ask for a map's size: %s", strerror(errno));
	got = info.max_entries;
	keys = malloc(got * key_size);
	values = malloc(got * value_size);
	out = malloc(got * (key_size + value_size));
	if (!keys || !values || !out || (bpf_map_lookup_batch(map, NULL, &batch, keys, values, &got, NULL) && errno != ENOENT)) {
		fail(error, "cannot read map %s: %s", info.name, strerror(errno));
		free(keys);
		free(values);
		free(out);
		return -1;
	}
	for (__u32 i = 0; i < got; i++) {
		memcpy(out + i * (key_size + value_size), keys + i * key_size, key_size);
		memcpy(out + i * (key_size + value_size) + key_size, values + i * value_size, value_size);
	}
	free(keys);
	free(values);
	*records = out;
	*count = got;
	return 0;
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
		if (bpf_map_lookup_elem(kernel->maps[MAP_SERVICES], &record->slot, &record->value))
			return fail(error, "cannot read service %u: %s", record->slot, strerror(errno));
		snapshot->service_count++;
	}
	return 0;
}

/* Runs that the kernel skipped because the program was already running on that CPU. */
static __u64 missed_runs(int link)
{
	struct bpf_link_info link_info = {};
	struct bpf_prog_info info = {};
	__u32 link_length = sizeof(link_info), length = sizeof(info);
	int program;

	if (bpf_obj_get_info_by_fd(link, &link_info, &link_length))
		return 0;
	program = bpf_prog_get_fd_by_id(link_info.prog_id);
	if (program < 0)
		return 0;
	bpf_obj_get_info_by_fd(program, &info, &length);
	close(program);
	return info.recursion_misses;
}

static void read_lost(struct kernel *kernel, struct snapshot *snapshot)
{
	for (__u32 cause = 0; cause < RT_LOST_CAUSES; cause++)
		bpf_map_lookup_elem(kernel->maps[MAP_LOST], &cause, &snapshot->lost[cause]);
	snapshot->lost[LOST_UNATTACHED_HOOKS] = kernel->unattached;
	for (size_t i = 0; i < kernel->link_count; i++)
		snapshot->lost[LOST_MISSED_RUNS] += missed_runs(bpf_link__fd(kernel->links[i]));
}

int kernel_snapshot(struct kernel *kernel, struct snapshot *snapshot, struct error *error)
{
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->now = boot_now();
	snapshot->config = kernel->config;
	if (read_all(kernel->maps[MAP_ENDPOINTS], sizeof(struct rt_endpoint_key), sizeof(struct rt_endpoint),
		     (void **)&snapshot->endpoints, &snapshot->endpoint_count, error) ||
	    read_all(kernel->maps[MAP_PROCESSES], sizeof(struct rt_process_key), sizeof(struct rt_process),
		     (void **)&snapshot->processes, &snapshot->process_count, error) ||
	    read_services(kernel, snapshot, error)) {
		snapshot_free(snapshot);
		return -1;
	}
	read_lost(kernel, snapshot);
	return 0;
}
