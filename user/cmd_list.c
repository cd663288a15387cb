// SPDX-License-Identifier: GPL-2.0
/* What is blocked, contained, allowed and guarded. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "kernel_guard.h"
#include "list.h"
#include "watch.h"

int cmd_list(const struct settings *settings)
{
	struct allowed_list allowed;
	struct watch watch;
	struct error error;
	int failed;

	if (watch_open(&watch, settings, false, &error))
		return complain(&error);
	failed = watch_take(&watch, &error) || kernel_allowed_read(watch.kernel, &allowed, &error);
	if (!failed) {
		failed = settings->json ? list_print_json(stdout, &watch.view, &allowed, &error)
					: list_print(stdout, &watch.view, &allowed, &error);
		allowed_free(&allowed);
	}
	watch_close(&watch);
	return failed ? complain(&error) : EXIT_OK;
}
