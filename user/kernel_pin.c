// SPDX-License-Identifier: GPL-2.0
/* What outlives the process: pinning and joining. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_bpf.h"
#include "pins.h"

static int pin_all(struct kernel *kernel, const char *directory, struct error *error)
{
	char path[PIN_PATH];
	struct bpf_program *program;
	struct bpf_map *map;
	size_t link = 0;

	bpf_object__for_each_map(map, kernel->skeleton->obj) {
		if (!pin_name(map))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, pin_name(map));
		if (bpf_obj_pin(bpf_map__fd(map), path))
			return fail(error, "cannot pin %s: %s", path, strerror(errno));
	}
	bpf_object__for_each_program(program, kernel->skeleton->obj) {
		if (is_iterator(program))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, bpf_program__name(program));
		if (bpf_obj_pin(is_guard(program) ? bpf_program__fd(program)
						  : bpf_link__fd(kernel->hooks[link++].link),
				path))
			return fail(error, "cannot pin %s: %s", path, strerror(errno));
	}
	snprintf(path, sizeof(path), "%s/" GUARD_LINKS, directory);
	if (mkdir(path, 0700))
		return fail(error, "cannot make %s: %s", path, strerror(errno));
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
	if (pins_commit(&stage, error))
		return -1;
	kernel_release_links(kernel);
	snprintf(kernel->pin_dir, sizeof(kernel->pin_dir), "%s", pin_dir);
	return 0;
}

bool kernel_is_pinned(const char *pin_dir)
{
	return pins_exist(pin_dir);
}

/* The size is compared first: a lookup writes as many bytes as the map's own layout has. */
static bool is_of_this_layout(struct kernel *kernel)
{
	struct bpf_map_info info = {};
	__u32 length = sizeof(info), zero = 0;

	return !bpf_obj_get_info_by_fd(kernel->maps[MAP_SETTINGS], &info, &length) &&
	       info.value_size == sizeof(kernel->config) &&
	       !bpf_map_lookup_elem(kernel->maps[MAP_SETTINGS], &zero, &kernel->config) &&
	       kernel->config.layout == RT_LAYOUT;
}

/* The settings come first: other layouts have other maps. */
static int open_pinned_maps(struct kernel *kernel, const char *pin_dir, struct error *error)
{
	char path[PIN_PATH];

	_Static_assert(MAP_SETTINGS == 0, "the map that tells the layout is to be opened first");
	for (int i = 0; i < KERNEL_MAPS; i++) {
		snprintf(path, sizeof(path), "%s/%s", pin_dir, kernel_map_names[i]);
		kernel->maps[i] = bpf_obj_get(path);
		if (kernel->maps[i] < 0)
			return fail(error, "cannot open %s: %s; %s", path, strerror(errno),
				    errno == EPERM || errno == EACCES ? "run it with sudo"
								      : "start again with 'relaytrap "
									"unload'");
		if (i == MAP_SETTINGS && !is_of_this_layout(kernel))
			return fail(error,
				    "%s was pinned by a relaytrap with another layout; remove it with "
				    "'relaytrap unload' (counters start again) or use that version",
				    pin_dir);
	}
	return 0;
}

/* They are opened to see that they stand, and to ask their programs for runs they missed. */
int kernel_open_pinned_links(struct kernel *kernel, const struct relaytrap_bpf *skeleton, struct error *error)
{
	struct bpf_program *program;
	char path[PIN_PATH];
	struct bpf_link *link;

	bpf_object__for_each_program(program, skeleton->obj) {
		if (is_iterator(program) || is_guard(program))
			continue;
		snprintf(path, sizeof(path), "%s/%s", kernel->pin_dir, bpf_program__name(program));
		link = bpf_link__open(path);
		if (!link)
			kernel->unattached++;
		else if (kernel_keep_link(kernel, link, error))
			return -1;
	}
	kernel_release_links(kernel);
	return 0;
}

static int join(struct kernel *kernel, const char *pin_dir, struct error *error)
{
	struct relaytrap_bpf *skeleton;
	int failed;

	if (open_pinned_maps(kernel, pin_dir, error))
		return -1;
	snprintf(kernel->pin_dir, sizeof(kernel->pin_dir), "%s", pin_dir);
	skeleton = kernel_open_skeleton(NULL);
	if (!skeleton)
		return fail(error, "cannot open the programs: %s", strerror(errno));
	failed = kernel_open_pinned_links(kernel, skeleton, error);
	relaytrap_bpf__destroy(skeleton);
	return failed;
}

int kernel_join(struct kernel **kernel, const char *pin_dir, struct error *error)
{
	kernel_route_log(false);
	*kernel = calloc(1, sizeof(**kernel));
	if (!*kernel)
		return fail(error, "out of memory");
	if (!join(*kernel, pin_dir, error))
		return 0;
	kernel_close(*kernel);
	*kernel = NULL;
	return -1;
}

/* At once, whoever else has it open. Hooks on tracepoints cannot be detached so: they merely count. */
static int detach(void *context, const char *path, const char *name, struct error *error)
{
	int fd = bpf_obj_get(path);

	(void)context, (void)name, (void)error;
	if (fd < 0)
		return 0;
	bpf_link_detach(fd);
	close(fd);
	return 0;
}

static void detach_all(const char *pin_dir)
{
	char guard[PIN_PATH];
	struct error ignored;

	snprintf(guard, sizeof(guard), "%s/" GUARD_LINKS, pin_dir);
	pins_each(guard, detach, NULL, &ignored);
	pins_each(pin_dir, detach, NULL, &ignored);
}

int kernel_unload(const char *pin_dir, struct error *error)
{
	int held, removed;

	if (!pins_exist(pin_dir))
		return pins_remove(pin_dir, error);
	/* The settings may name another program's pins. */
	held = pins_check(pin_dir, error) ? -1 : pins_hold(pin_dir, error);
	if (held < 0)
		return -1;
	detach_all(pin_dir);
	removed = pins_remove(pin_dir, error);
	close(held);
	return removed;
}
