// SPDX-License-Identifier: GPL-2.0
#include "instance.h"

#include <unistd.h>

#include "kernel_guard.h"
#include "pins.h"
#include "pins_lock.h"

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
	/* Two that find nothing pinned would make it both. */
	int lock = pins_lock(settings->pin_dir, error);

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
	pins_unlock(settings->pin_dir, lock);
	return *kernel ? 0 : -1;
}

int instance_join(struct kernel **kernel, const struct settings *settings, bool *taken, struct error *error)
{
	int lock, failed;

	*kernel = NULL;
	*taken = kernel_is_pinned(settings->pin_dir);
	if (*taken)
		return kernel_join(kernel, settings->pin_dir, error);
	lock = pins_lock(settings->pin_dir, error);
	if (lock < 0)
		return -1;
	*taken = kernel_is_pinned(settings->pin_dir);
	failed = *taken ? kernel_join(kernel, settings->pin_dir, error) : make(kernel, settings, error);
	pins_unlock(settings->pin_dir, lock);
	return failed;
}

int instance_unload(const char *pin_dir, struct error *error)
{
	int lock, removed;

	if (pins_are_impossible(pin_dir))
		return 0;
	lock = pins_lock(pin_dir, error);
	if (lock < 0)
		return -1;
	removed = kernel_unload(pin_dir, error);
	pins_unlock(pin_dir, lock);
	return removed;
}
