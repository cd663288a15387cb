// SPDX-License-Identifier: GPL-2.0
/* The way out: nothing of an instance stays in the kernel. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "instance.h"

int cmd_unload(const struct settings *settings)
{
	struct error error;
	int removed = instance_unload(settings->pin_dir, &error);

	if (removed < 0)
		return complain(&error);
	if (removed)
		printf("unloaded: nothing is pinned in %s any more\n", settings->pin_dir);
	else
		printf("nothing to unload: nothing is pinned in %s\n", settings->pin_dir);
	return EXIT_OK;
}
