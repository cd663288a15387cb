// SPDX-License-Identifier: GPL-2.0
/* The daemon: loads or takes over, keeps the tables clean, says what is lost. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "kernel.h"
#include "pins.h"
#include "units.h"

/* Takes over what is pinned, or loads and pins it. */
static int begin(struct kernel **kernel, const struct settings *settings, int *held, bool *taken,
		 struct error *error)
{
	*taken = kernel_is_pinned(settings->pin_dir);
	if (*taken) {
		*held = pins_hold(settings->pin_dir, error);
		return *held < 0 ? -1 : kernel_take_over(kernel, settings, error);
	}
	if (kernel_load(kernel, settings, error) || kernel_pin(*kernel, settings->pin_dir, error))
		return -1;
	*held = pins_hold(settings->pin_dir, error);
	return *held < 0 ? -1 : 0;
}

static void announce(const struct settings *settings, const struct kernel *kernel, bool taken)
{
	const struct rt_config *config = kernel_config(kernel);
	char ports[128];

	ports_format(&settings->port, ports, sizeof(ports));
	fprintf(stderr, "relaytrap: counting accepts on port %s%s (%s)\n", ports,
		taken ? ", going on with what was counted" : "", settings->pin_dir);
	if (config->max_services != settings->max_services)
		fprintf(stderr,
			"relaytrap: max_services stays %u as it was loaded; 'relaytrap unload' and run again "
			"to "
			"change it\n",
			config->max_services);
}

/* One line for all that was lost since the last one, if anything. */
static void report_losses(const struct snapshot *snapshot, __u64 *before)
{
	const char *separator = "relaytrap: lost ";
	bool any = false;

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		if (snapshot->lost[cause] <= before[cause])
			continue;
		fprintf(stderr, "%s%s +%llu", separator, lost_name(cause),
			snapshot->lost[cause] - before[cause]);
		before[cause] = snapshot->lost[cause];
		separator = ", ";
		any = true;
	}
	if (any)
		fprintf(stderr, "\n");
}

static int tend(struct kernel *kernel, __u64 *lost, struct error *error)
{
	struct snapshot snapshot;

	if (kernel_snapshot(kernel, &snapshot, error))
		return -1;
	report_losses(&snapshot, lost);
	kernel_reclaim(kernel, &snapshot);
	snapshot_free(&snapshot);
	return 0;
}

static int serve(struct kernel *kernel, const struct settings *settings, const sigset_t *ending,
		 struct error *error)
{
	const struct timespec interval = {
		.tv_sec = settings->interval / NS_PER_S,
		.tv_nsec = settings->interval % NS_PER_S,
	};
	__u64 lost[LOST_CAUSES] = {0};

	do {
		if (tend(kernel, lost, error))
			return -1;
	} while (sigtimedwait(ending, NULL, &interval) < 0);
	return 0;
}

int cmd_run(const struct settings *settings)
{
	struct kernel *kernel = NULL;
	struct error error;
	sigset_t ending;
	int held = -1, failed;
	bool taken;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	failed = begin(&kernel, settings, &held, &taken, &error);
	if (!failed) {
		announce(settings, kernel, taken);
		failed = serve(kernel, settings, &ending, &error);
	}
	if (!failed)
		fprintf(stderr, "relaytrap: stopped; the kernel goes on counting until 'relaytrap unload'\n");
	kernel_close(kernel);
	if (held >= 0)
		close(held);
	return failed ? complain(&error) : EXIT_OK;
}
