// SPDX-License-Identifier: GPL-2.0
/* The daemon: loads or takes over, judges, tells, keeps the tables clean. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "config.h"
#include "enforce.h"
#include "guard_tend.h"
#include "instance.h"
#include "journal.h"
#include "kernel.h"
#include "metrics.h"
#include "loop.h"
#include "notify.h"
#include "privileges.h"
#include "published.h"
#include "record.h"
#include "reload.h"
#include "summary.h"
#include "units.h"
#include "watch.h"

struct daemon {
	struct settings settings; /* in force */
	struct watch watch;
	struct journal journal;
	struct loop loop;
	struct notify notify;
	char summary[SUMMARY]; /* as the service manager was told */
	struct enforce *enforce;
	struct guard_tend guard;
	struct event_memory memory;
	struct record *record; /* NULL: nothing is recorded */
	struct metrics *metrics;
	int held;
	/* What failed at the latest look, and was told: */
	bool enforce_failed;
	bool guard_failed;
	bool record_failed;
	unsigned int looks_failed; /* in a row */
};

/* Tells one thing that no view shows. */
static void tell(const struct daemon *daemon, enum event_kind kind, const char *text)
{
	struct events events = {0};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	events_add(&events, kind, now.tv_sec + now.tv_nsec / 1e9, text);
	journal_write(&daemon->journal, &events);
}

static void announce(const struct daemon *daemon, bool taken)
{
	const struct settings *settings = &daemon->settings;
	const struct kernel *kernel = daemon->watch.kernel;
	unsigned int room = kernel_config(kernel)->max_services;
	char ports[128], text[PATH_MAX + 256];

	ports_format(&settings->port, ports, sizeof(ports));
	snprintf(text, sizeof(text), "counting accepts on port %s%s%s (%s)", ports,
		 taken ? ", going on with what was counted" : "",
		 kernel_upgraded(kernel) ? " by programs of this build" : "", settings->pin_dir);
	tell(daemon, taken ? EVENT_TAKEN_OVER : EVENT_LOADED, text);
	if (room == settings->max_services)
		return;
	snprintf(text, sizeof(text),
		 "max_services stays %u as it was loaded; 'relaytrap unload' and run again to change it",
		 room);
	tell(daemon, EVENT_REFUSED, text);
}

static void record(struct daemon *daemon)
{
	struct error error;

	if (!daemon->record || !record_view(daemon->record, &daemon->watch.view, &daemon->settings, &error) ||
	    daemon->record_failed)
		return;
	tell(daemon, EVENT_RECORDING_FAILED, error.text);
	daemon->record_failed = true;
}

static void summarize(struct daemon *daemon)
{
	char summary[SUMMARY];

	summary_format(summary, &daemon->watch.view);
	if (!strcmp(summary, daemon->summary))
		return;
	memcpy(daemon->summary, summary, sizeof(summary));
	notify_status(&daemon->notify, summary);
}

static void export(struct daemon *daemon, const struct events *events)
{
	struct events told = {0};

	metrics_take(&daemon->metrics, &daemon->watch, events, &told);
	journal_write(&daemon->journal, &told);
}

static void enforce(struct daemon *daemon)
{
	struct error error;
	bool failed = enforce_look(daemon->enforce, &daemon->watch, &error) != 0;

	if (failed && !daemon->enforce_failed)
		tell(daemon, EVENT_ACTION_FAILED, error.text);
	daemon->enforce_failed = failed;
}

static void tend_guard(struct daemon *daemon)
{
	struct error error;
	bool failed = guard_tend(&daemon->guard, &error) != 0;

	if (failed && !daemon->guard_failed)
		tell(daemon, EVENT_ACTION_FAILED, error.text);
	daemon->guard_failed = failed;
}

static int look(struct daemon *daemon, struct error *error)
{
	struct watch *watch = &daemon->watch;
	struct events events;
	int failed;

	if (watch_take(watch, error))
		return -1;
	enforce(daemon);
	failed = published_write(watch->kernel, &watch->view, error);
	events_between(&events, &daemon->memory, &watch->previous, &watch->view);
	journal_write(&daemon->journal, &events);
	export(daemon, &events);
	record(daemon);
	summarize(daemon);
	kernel_reclaim(watch->kernel, &watch->snapshot);
	return failed;
}

/* For want of memory, say: one look that fails is no reason to end, so many in a row are. */
#define LOOKS_MAY_FAIL 4

static int tend(struct daemon *daemon, struct error *error)
{
	char text[sizeof(error->text) + 64];

	tend_guard(daemon);
	if (!look(daemon, error)) {
		kernel_lose(daemon->watch.kernel, RT_LOST_LOOKS, daemon->looks_failed);
		daemon->looks_failed = 0;
		return 0;
	}
	if (daemon->looks_failed++ == LOOKS_MAY_FAIL)
		return -1;
	snprintf(text, sizeof(text), "a look failed: %s", error->text);
	if (daemon->looks_failed == 1)
		tell(daemon, EVENT_ACTION_FAILED, text);
	return 0;
}

static void reload(struct daemon *daemon)
{
	struct error error;
	char text[512];

	notify_reloading(&daemon->notify);
	if (reload_settings(&daemon->settings, daemon->watch.kernel, text, sizeof(text), &error)) {
		snprintf(text, sizeof(text), "%.400s; the settings stay as they were", error.text);
		tell(daemon, EVENT_REFUSED, text);
	} else {
		tell(daemon, EVENT_RELOADED, text);
		if (guard_tend_follow(&daemon->guard, &error))
			tell(daemon, EVENT_ACTION_FAILED, error.text);
	}
	notify_send(&daemon->notify, "READY=1");
}

/* A second look settles whether a suspect relays, and may not wait for long. */
#define SECOND_LOOK (NS_PER_S / 2)

static __u64 time_to_next_look(const struct daemon *daemon)
{
	const struct view *view = &daemon->watch.view;
	__u64 interval = daemon->settings.interval;

	for (size_t i = 0; i < view->service_count; i++)
		if (view->services[i].judged.verdict == VERDICT_SUSPECT && interval > SECOND_LOOK)
			interval = SECOND_LOOK;
	return interval;
}

static int serve(struct daemon *daemon, struct error *error)
{
	int wakes;

	notify_send(&daemon->notify, "READY=1");
	do {
		if (tend(daemon, error))
			return -1;
		wakes = loop_wait(&daemon->loop, time_to_next_look(daemon), error);
		if (wakes < 0)
			return -1;
		if (wakes & LOOP_RELOAD)
			reload(daemon);
	} while (!(wakes & LOOP_STOP));
	notify_send(&daemon->notify, "STOPPING=1");
	return 0;
}

static int run(struct daemon *daemon, struct error *error)
{
	struct kernel *kernel = NULL;
	bool taken;
	int failed;

	if (*daemon->settings.record) {
		daemon->record = record_open(&daemon->settings, error);
		if (!daemon->record)
			return -1;
	}
	if (instance_begin(&kernel, &daemon->settings, &daemon->held, &taken, error))
		return -1;
	if (watch_begin(&daemon->watch, kernel, &daemon->settings, error))
		return -1;
	daemon->enforce = enforce_new(kernel_config(kernel)->max_services);
	if (!daemon->enforce) {
		watch_close(&daemon->watch);
		return fail(error, "not enough memory");
	}
	announce(daemon, taken);
	failed = guard_tend_begin(&daemon->guard, &daemon->loop, kernel, &daemon->settings, error) ||
		 published_inherit(kernel, daemon->watch.judge, error) ||
		 privileges_drop(&daemon->settings, error) || serve(daemon, error);
	guard_tend_end(&daemon->guard);
	watch_close(&daemon->watch);
	return failed ? -1 : 0;
}

/* What has to be open before anything is loaded. */
static int open_loop(struct daemon *daemon, struct error *error)
{
	if (loop_open(&daemon->loop, error))
		return -1;
	if (notify_open(&daemon->notify, error)) {
		loop_close(&daemon->loop);
		return -1;
	}
	if (daemon->notify.timer >= 0)
		return loop_add(&daemon->loop, daemon->notify.timer, notify_alive, &daemon->notify, error);
	return 0;
}

int cmd_run(const struct settings *settings)
{
	struct daemon *daemon = NULL;
	struct error error;
	int failed;

	if (config_check(settings, &error)) {
		complain(&error);
		return EXIT_USAGE;
	}
	daemon = calloc(1, sizeof(*daemon));
	if (!daemon) {
		fail(&error, "not enough memory");
		return complain(&error);
	}
	/* Whoever reads standard error may go; the watch goes on. */
	signal(SIGPIPE, SIG_IGN);
	daemon->settings = *settings;
	daemon->held = -1;
	journal_open(&daemon->journal);
	if (open_loop(daemon, &error)) {
		free(daemon);
		return complain(&error);
	}
	failed = run(daemon, &error);
	if (!failed)
		tell(daemon, EVENT_STOPPED, "stopped; the kernel goes on counting until 'relaytrap unload'");
	record_close(daemon->record);
	metrics_free(daemon->metrics);
	enforce_free(daemon->enforce);
	if (daemon->held >= 0)
		close(daemon->held);
	notify_close(&daemon->notify);
	loop_close(&daemon->loop);
	free(daemon);
	return failed ? complain(&error) : EXIT_OK;
}
