// SPDX-License-Identifier: GPL-2.0
/* Going on with what is pinned: under other settings, by programs of this build. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_bpf.h"
#include "kernel_guard.h"

static int use_pinned_map(struct bpf_map *map, const char *pin_dir)
{
	char path[PIN_PATH];
	int pinned, failed;

	snprintf(path, sizeof(path), "%s/%s", pin_dir, pin_name(map));
	pinned = bpf_obj_get(path);
	if (pinned < 0)
		return -1;
	failed = bpf_map__reuse_fd(map, pinned);
	close(pinned);
	return failed;
}

static int load_on_pins(struct relaytrap_bpf *skeleton, const char *pin_dir)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, skeleton->obj)
		if (pin_name(map) && use_pinned_map(map, pin_dir))
			return -1;
	return relaytrap_bpf__load(skeleton);
}

struct relaytrap_bpf *kernel_load_on_pins(const struct kernel *kernel, const struct settings *settings,
					  bool (*wanted)(const struct bpf_program *), __u32 generation,
					  struct error *error)
{
	struct relaytrap_bpf *skeleton = kernel_open_skeleton(settings);
	struct bpf_program *program;

	if (skeleton) {
		skeleton->rodata->generation = generation;
		bpf_object__for_each_program(program, skeleton->obj)
			bpf_program__set_autoload(program, wanted(program));
		if (!load_on_pins(skeleton, kernel->pin_dir))
			return skeleton;
	}
	fail(error, "cannot use what is pinned in %s: %s; start again with 'relaytrap unload'",
	     kernel->pin_dir, strerror(errno));
	relaytrap_bpf__destroy(skeleton);
	return NULL;
}

static bool is_seed(const struct bpf_program *program)
{
	return is_iterator(program) && !is_cut(program);
}

int kernel_reconfigure(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	if (kernel_configure(kernel, settings, error))
		return -1;
	if (kernel->skeleton)
		return kernel_seed(kernel->skeleton, error);
	/* They stay loaded: later it may be forbidden. */
	if (!kernel->walker)
		kernel->walker =
			kernel_load_on_pins(kernel, settings, is_seed, kernel->config.generation, error);
	return kernel->walker ? kernel_seed(kernel->walker, error) : -1;
}

int kernel_take_over(struct kernel **kernel, const struct settings *settings, struct error *error)
{
	if (kernel_join(kernel, settings->pin_dir, error))
		return -1;
	if (!kernel_allowed_follow(*kernel, settings, error) && !kernel_upgrade(*kernel, settings, error) &&
	    !kernel_reconfigure(*kernel, settings, error))
		return 0;
	kernel_close(*kernel);
	*kernel = NULL;
	return -1;
}
