// SPDX-License-Identifier: GPL-2.0
#include "instance.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "kernel_guard.h"
#include "pins.h"

/* Two that find nothing pinned would make it both: whoever may make one locks the folder above. */
static int lock_parent(const char *pin_dir, struct error *error)
{
	char copy[PATH_MAX];
	const char *parent;
	int lock;

	snprintf(copy, sizeof(copy), "%s", pin_dir);
	parent = dirname(copy);
	lock = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return fail(error, "cannot pin in %.200s: %.200s: %s", pin_dir, parent, strerror(errno));
	while (flock(lock, LOCK_EX))
		if (errno != EINTR) {
			fail(error, "cannot lock %s: %s", parent, strerror(errno));
			close(lock);
			return -1;
		}
	return lock;
}

static int make(struct kernel **kernel, const struct settings *settings, struct error *error)
{
	struct error ignored;

	if (kernel_load(kernel, settings, error))
		return -1;
	if (!kernel_pin(*kernel, settings->pin_dir, error)) {
		if (!kernel_guard_configure(*kernel, settings, error))
			return 0;
		kernel_unload(settings->pin_dir, &ignored);
	}
	kernel_close(*kernel);
	*kernel = NULL;
	return -1;
}

static int begin(struct kernel **kernel, const struct settings *settings, int *held, bool *taken,
		 struct error *error)
{
	*taken = kernel_is_pinned(settings->pin_dir);
	if (!*taken && make(kernel, settings, error))
		return -1;
	*held = pins_hold(settings->pin_dir, error);
	if (*held < 0)
		return -1;
	if (!*taken)
		return 0;
	return kernel_take_over(kernel, settings, error) || kernel_guard_configure(*kernel, settings, error)
		       ? -1
		       : 0;
}

int instance_begin(struct kernel **kernel, const struct settings *settings, int *held, bool *taken,
		   struct error *error)
{
	int lock = lock_parent(settings->pin_dir, error);

	*kernel = NULL;
	*held = -1;
	if (lock < 0)
		return -1;
	if (begin(kernel, settings, held, taken, error)) {
		kernel_close(*kernel);
		*kernel = NULL;
		if (*held >= 0)
			close(*held);
		*held = -1;
	}
	close(lock);
	return *kernel ? 0 : -1;
}

int instance_join(struct kernel **kernel, const struct settings *settings, bool *taken, struct error *error)
{
	int lock, failed;

	*kernel = NULL;
	*taken = kernel_is_pinned(settings->pin_dir);
	if (*taken)
		return kernel_join(kernel, settings->pin_dir, error);
	lock = lock_parent(settings->pin_dir, error);
	if (lock < 0)
		return -1;
	*taken = kernel_is_pinned(settings->pin_dir);
	failed = *taken ? kernel_join(kernel, settings->pin_dir, error) : make(kernel, settings, error);
	close(lock);
	return failed;
}
