// SPDX-License-Identifier: GPL-2.0
/* One look at the running instance. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "json.h"
#include "kernel_guard.h"
#include "watch.h"

int cmd_status(const struct settings *settings)
{
	struct allowed_list allowed = {0};
	struct watch watch;
	struct error error;
	int failed;

	if (watch_open(&watch, settings, false, &error))
		return complain(&error);
	failed = watch_take(&watch, &error);
	if (!failed && settings->json)
		failed = kernel_allowed_read(watch.kernel, &allowed, &error) ||
			 json_print_status(stdout, &watch.view, &allowed, &error);
	else if (!failed)
		failed = watch_print(&watch, stdout, &error);
	allowed_free(&allowed);
	watch_close(&watch);
	return failed ? complain(&error) : EXIT_OK;
}
