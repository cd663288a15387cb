// SPDX-License-Identifier: GPL-2.0
/* One look at the running instance. */
#include <stdio.h>

#include "command.h"
#include "complain.h"
#include "json.h"
#include "watch.h"

int cmd_status(const struct settings *settings)
{
	struct watch watch;
	struct error error;
	int failed;

	if (watch_open(&watch, settings, false, &error))
		return complain(&error);
	failed = watch_take(&watch, &error);
	if (!failed && settings->json)
		failed = json_print_status(stdout, &watch.view, &error);
	else if (!failed)
		failed = watch_print(&watch, stdout, &error);
	watch_close(&watch);
	return failed ? complain(&error) : EXIT_OK;
}
