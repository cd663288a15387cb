// SPDX-License-Identifier: GPL-2.0
#include "reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "kernel_guard.h"
#include "privileges.h"

static void name_fixed(char *text, size_t size, const char *name)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? ", " : "; not changed without a new start: ", name);
}

/* What needs capabilities that the daemon gave up when it had loaded. */
static void keep_within_privileges(struct settings *wanted, const struct settings *settings, char *text,
				   size_t size)
{
	struct error reason;
	size_t used;

	if (privileges_suffice(wanted, &reason))
		return;
	if (wanted->mode != settings->mode)
		name_fixed(text, size, "mode");
	if (strcmp(wanted->netns, settings->netns) != 0)
		name_fixed(text, size, "netns");
	if (strcmp(wanted->prom_dir, settings->prom_dir) != 0)
		name_fixed(text, size, "prom_dir");
	used = strlen(text);
	snprintf(text + used, size - used, " (%.160s)", reason.text);
	wanted->mode = settings->mode;
	memcpy(wanted->netns, settings->netns, sizeof(wanted->netns));
	memcpy(wanted->prom_dir, settings->prom_dir, sizeof(wanted->prom_dir));
}

/* Puts back what is fixed while an instance runs; names in @text what the file would have changed. */
static void keep_fixed(struct settings *wanted, const struct settings *settings, char *text, size_t size)
{
	*text = '\0';
	if (wanted->max_services != settings->max_services)
		name_fixed(text, size, "max_services");
	if (strcmp(wanted->pin_dir, settings->pin_dir) != 0)
		name_fixed(text, size, "pin_dir");
	if (strcmp(wanted->record, settings->record) != 0)
		name_fixed(text, size, "record");
	keep_within_privileges(wanted, settings, text, size);
	wanted->max_services = settings->max_services;
	memcpy(wanted->pin_dir, settings->pin_dir, sizeof(wanted->pin_dir));
	memcpy(wanted->record, settings->record, sizeof(wanted->record));
}

/* Only what the kernel side is told of. */
static bool differ(const struct settings *one, const struct settings *other)
{
	return one->thresholds.window != other->thresholds.window || one->mode != other->mode ||
	       one->fuse != other->fuse || one->pairing_window != other->pairing_window ||
	       strcmp(one->netns, other->netns) || memcmp(&one->port, &other->port, sizeof(one->port));
}

static int put_into_force(struct settings *wanted, const struct settings *settings, struct kernel *kernel,
			  struct error *error)
{
	struct error ignored;

	/* Who is allowed comes first: nobody of these is to be refused or dropped for a moment. */
	if (kernel_allowed_follow(kernel, wanted, error))
		return -1;
	if (!differ(wanted, settings) || !kernel_reconfigure(kernel, wanted, error))
		return 0;
	kernel_reconfigure(kernel, settings, &ignored);
	kernel_allowed_follow(kernel, settings, &ignored);
	return -1;
}

int reload_settings(struct settings *settings, struct kernel *kernel, char *text, size_t size,
		    struct error *error)
{
	struct settings *wanted = malloc(sizeof(*wanted));
	char fixed[320], ports[128];
	int failed;

	if (!wanted)
		return fail(error, "not enough memory to read the settings again");
	*wanted = *settings;
	settings_forget_file(wanted);
	failed = config_load(wanted, error) || config_check(wanted, error) ? -1 : 0;
	if (!failed) {
		keep_fixed(wanted, settings, fixed, sizeof(fixed));
		failed = put_into_force(wanted, settings, kernel, error);
	}
	if (!failed) {
		*settings = *wanted;
		ports_format(&settings->port, ports, sizeof(ports));
		snprintf(text, size, "settings read again, watching port %s%s", ports, fixed);
	}
	free(wanted);
	return failed;
}
