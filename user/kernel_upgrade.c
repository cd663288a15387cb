// SPDX-License-Identifier: GPL-2.0
/*
 * Puts programs of another build in the place of the pinned ones, on the same maps, while everything goes on.
 *
 * A folder beside the pins, named for the generation to come, holds what will replace pins of the same names.
 *
 *   1. The folder is made: whoever finds it knows that an upgrade was begun.
 *   2. Hooks on tracepoints, which cannot be exchanged in place, are attached a second time and pinned there;
 *      the settings name another generation, so they stand aside.
 *   3. Hooks in cgroups and the guard are exchanged, each at one stroke.
 *   4. The settings are given the new generation, by one write: the old hooks stand aside, the new ones count.
 *   5. The new pins are renamed over the old ones, which vanish with that, and the folder goes.
 *
 * Killed before 4, the next start finds a folder of a generation that has not come, empties it and begins
 * anew. Killed after 4, it finds one of the present generation, and does what is left of 5.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "kernel_bpf.h"
#include "kernel_guard.h"
#include "pins.h"

struct upgrade {
	struct kernel *kernel;
	struct relaytrap_bpf *skeleton; /* the programs of this build */
	char next[PIN_PATH];            /* the folder */
	int cgroup;                     /* the root's descriptor */
};

static bool any(const struct bpf_program *program)
{
	return bpf_program__autoload(program);
}

static int pin(const struct upgrade *upgrade, const struct bpf_program *program, int fd, struct error *error)
{
	char path[PIN_PATH + 64];

	snprintf(path, sizeof(path), "%s/%s", upgrade->next, bpf_program__name(program));
	return bpf_obj_pin(fd, path) ? fail(error, "cannot pin %s: %s", path, strerror(errno)) : 0;
}

/* A second link, beside the one that stands. */
static int attach_beside(struct upgrade *upgrade, struct bpf_program *program, struct error *error)
{
	struct bpf_link *link = kernel_attach(program, upgrade->cgroup);
	int failed;

	if (!link)
		return fail(error, "cannot attach to %s: %s", bpf_program__section_name(program),
			    strerror(errno));
	failed = pin(upgrade, program, bpf_link__fd(link), error);
	bpf_link__destroy(link);
	return failed;
}

/* The pinned link of a hook; -1 if there is none. */
static int open_pinned(const struct kernel *kernel, const struct bpf_program *program)
{
	char path[PIN_PATH];

	snprintf(path, sizeof(path), "%s/%s", kernel->pin_dir, bpf_program__name(program));
	return bpf_obj_get(path);
}

/* What cannot be exchanged, what was not there, and the guard for interfaces to come. */
static int make_ready(struct upgrade *upgrade, struct error *error)
{
	struct bpf_program *program;
	int failed = 0, pinned;

	bpf_object__for_each_program(program, upgrade->skeleton->obj) {
		if (is_iterator(program) || failed)
			continue;
		if (is_guard(program)) {
			failed = pin(upgrade, program, bpf_program__fd(program), error);
			continue;
		}
		pinned = is_cgroup_hook(program) ? open_pinned(upgrade->kernel, program) : -1;
		if (pinned < 0)
			failed = attach_beside(upgrade, program, error);
		else
			close(pinned);
	}
	return failed;
}

static int exchange_hooks(struct upgrade *upgrade, struct error *error)
{
	struct bpf_program *program;
	int link, failed = 0;

	bpf_object__for_each_program(program, upgrade->skeleton->obj) {
		link = is_cgroup_hook(program) && !failed ? open_pinned(upgrade->kernel, program) : -1;
		if (link < 0)
			continue;
		if (bpf_link_update(link, bpf_program__fd(program), NULL))
			failed = fail(error, "cannot exchange the program at %s: %s",
				      bpf_program__section_name(program), strerror(errno));
		close(link);
	}
	return failed;
}

static int exchange_guard_at(void *program, const char *path, const char *name, struct error *error)
{
	int link = bpf_obj_get(path), failed = 0;

	(void)name;
	if (link < 0)
		return errno == ENOENT ? 0 : fail(error, "cannot open %s: %s", path, strerror(errno));
	/* ENOLINK: the interface is gone. */
	if (bpf_link_update(link, *(int *)program, NULL) && errno != ENOLINK)
		failed = fail(error, "cannot exchange the guard at %s: %s", path, strerror(errno));
	close(link);
	return failed;
}

/* On every interface. */
static int exchange_guard(const struct kernel *kernel, int program, struct error *error)
{
	char links[PIN_PATH];

	snprintf(links, sizeof(links), "%s/" GUARD_LINKS, kernel->pin_dir);
	return pins_each(links, exchange_guard_at, &program, error);
}

/* The step before which all this did not happen, and after which it has. */
static int commit(struct upgrade *upgrade, struct error *error)
{
	struct kernel *kernel = upgrade->kernel;
	struct rt_config config = kernel->config;
	__u32 zero = 0;

	config.generation++;
	config.build = kernel_build();
	if (bpf_map_update_elem(kernel->maps[MAP_SETTINGS], &zero, &config, BPF_ANY))
		return fail(error, "cannot write the settings map: %s", strerror(errno));
	kernel->config = config;
	return 0;
}

/* What follows from the commit; may be done twice. */
static int finish(struct kernel *kernel, const char *next, struct error *error)
{
	char path[PIN_PATH];
	int guard, failed;

	if (pins_next_put(next, kernel->pin_dir, error))
		return -1;
	snprintf(path, sizeof(path), "%s/guard_ingress", kernel->pin_dir);
	guard = bpf_obj_get(path);
	if (guard < 0)
		return fail(error, "cannot open %s: %s; start again with 'relaytrap unload'", path,
			    strerror(errno));
	failed = exchange_guard(kernel, guard, error);
	close(guard);
	return failed ? -1 : pins_next_end(next, error);
}

/* Pins of programs that this build no longer has. */
static int remove_stray(void *context, const char *path, const char *name, struct error *error)
{
	const struct upgrade *upgrade = context;

	(void)error;
	if (!bpf_object__find_program_by_name(upgrade->skeleton->obj, name) &&
	    !find_pinned(upgrade->skeleton->obj, name))
		unlink(path);
	return 0;
}

static int exchange(struct upgrade *upgrade, struct error *error)
{
	struct kernel *kernel = upgrade->kernel;
	int guard = bpf_program__fd(upgrade->skeleton->progs.guard_ingress);

	if (pins_next_begin(upgrade->next, error))
		return -1;
	if (make_ready(upgrade, error)) {
		struct error ignored;

		pins_next_begin(upgrade->next, &ignored); /* empties it */
		return -1;
	}
	if (exchange_hooks(upgrade, error) || exchange_guard(kernel, guard, error) ||
	    commit(upgrade, error) || finish(kernel, upgrade->next, error) ||
	    pins_each(kernel->pin_dir, remove_stray, upgrade, error))
		return -1;
	kernel_drop_links(kernel);
	return kernel_open_pinned_links(kernel, upgrade->skeleton, error);
}

static int upgrade_to_this_build(struct upgrade *upgrade, const struct settings *settings,
				 struct error *error)
{
	struct kernel *kernel = upgrade->kernel;
	int failed;

	upgrade->skeleton = kernel_load_on_pins(kernel, settings, any, kernel->config.generation + 1, error);
	if (!upgrade->skeleton)
		return -1;
	upgrade->cgroup = cgroup_open_root(error);
	failed = upgrade->cgroup < 0 || exchange(upgrade, error);
	if (upgrade->cgroup >= 0)
		close(upgrade->cgroup);
	relaytrap_bpf__destroy(upgrade->skeleton);
	kernel->upgraded = !failed;
	return failed ? -1 : 0;
}

int kernel_upgrade(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	struct upgrade upgrade = {.kernel = kernel};
	int lock = kernel_guard_lock(kernel, error), failed = 0; /* so that nobody attaches the old guard */
	bool begun;

	if (lock < 0)
		return -1;
	if (pins_next(upgrade.next, kernel->pin_dir, kernel->config.generation))
		failed = finish(kernel, upgrade.next, error);
	begun = pins_next(upgrade.next, kernel->pin_dir, kernel->config.generation + 1);
	if (!failed && (begun || kernel->unattached || kernel->config.build != kernel_build()))
		failed = upgrade_to_this_build(&upgrade, settings, error);
	close(lock);
	return failed;
}

bool kernel_upgraded(const struct kernel *kernel)
{
	return kernel->upgraded;
}
