// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "pins.h"
#include "procfs.h"
#include "published.h"
#include "table.h"
#include "units.h"

#define FRESH (5 * NS_PER_S)

static int fail_alone(const struct settings *settings, struct error *error)
{
	if (geteuid())
		return fail(error, "cannot look into %s: run this as root", settings->pin_dir);
	return fail(error,
		    "no instance is running (nothing is pinned in %s); start one with 'relaytrap run', or "
		    "watch without one with 'relaytrap top'",
		    settings->pin_dir);
}

static int prepare(struct watch *watch, const struct settings *settings, struct error *error)
{
	watch->settings = settings;
	watch->cache = procfs_cache_new();
	if (!watch->joined)
		watch->judge = judge_new(kernel_config(watch->kernel)->max_services);
	if (watch->cache && (watch->joined || watch->judge))
		return 0;
	watch_close(watch);
	return fail(error, "not enough memory");
}

int watch_begin(struct watch *watch, struct kernel *kernel, const struct settings *settings,
		struct error *error)
{
	*watch = (struct watch){.kernel = kernel};
	return prepare(watch, settings, error);
}

int watch_open(struct watch *watch, const struct settings *settings, bool or_load, struct error *error)
{
	int failed;

	*watch = (struct watch){.instance = pins_identity(settings->pin_dir)};
	watch->joined = watch->instance;
	if (watch->joined)
		failed = kernel_join(&watch->kernel, settings->pin_dir, error);
	else
		failed = or_load ? kernel_load(&watch->kernel, settings, error) : fail_alone(settings, error);
	return failed ? -1 : prepare(watch, settings, error);
}

/* Seconds to add to the boot clock's. */
static double wall_offset(void)
{
	struct timespec boot, wall;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &wall);
	return (double)(wall.tv_sec - boot.tv_sec) + (wall.tv_nsec - boot.tv_nsec) / 1e9;
}

__u64 watch_fresh(const struct settings *settings)
{
	return 3 * settings->interval > FRESH ? 3 * settings->interval : FRESH;
}

static int judge_or_ask(struct watch *watch, struct view *view, struct error *error)
{
	if (watch->judge)
		return judge_view(watch->judge, view, watch->settings, error);
	published_read(watch->kernel, view, watch_fresh(watch->settings));
	return 0;
}

int watch_take(struct watch *watch, struct error *error)
{
	const struct view *previous = watch->view.config ? &watch->view : NULL;
	const struct process_facts *facts;
	struct snapshot snapshot;
	struct view view = {0};

	/* What it has open would stay as it is for ever. */
	if (watch->joined && pins_identity(watch->settings->pin_dir) != watch->instance)
		return fail(error, "the instance in %s was unloaded", watch->settings->pin_dir);
	if (kernel_snapshot(watch->kernel, &snapshot, error))
		return -1;
	facts = procfs_read(watch->cache, &snapshot, error);
	/* The facts of the previous view are gone, but it is only asked for what it holds itself. */
	if (!facts || view_build(&view, &snapshot, facts, wall_offset(), previous, error) ||
	    judge_or_ask(watch, &view, error)) {
		view_free(&view);
		snapshot_free(&snapshot);
		return -1;
	}
	view_free(&watch->previous);
	watch->previous = watch->view;
	snapshot_free(&watch->snapshot);
	watch->snapshot = snapshot;
	watch->view = view;
	/* It was built from the local one. */
	watch->view.config = &watch->snapshot.config;
	return 0;
}

void watch_time(char text[WATCH_TIME_SIZE], const struct watch *watch)
{
	time_t seconds = (time_t)watch->view.time;
	struct tm local;

	if (!localtime_r(&seconds, &local) || !strftime(text, WATCH_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &local))
		text[0] = '\0';
}

static unsigned int width_of(FILE *stream)
{
	struct winsize size;

	return isatty(fileno(stream)) && !ioctl(fileno(stream), TIOCGWINSZ, &size) ? size.ws_col : 0;
}

int watch_print(const struct watch *watch, FILE *stream, struct error *error)
{
	char time[WATCH_TIME_SIZE];
	struct table table;
	int result;

	watch_time(time, watch);
	if (table_build(&table, &watch->view, time, width_of(stream), error))
		return -1;
	result = table_print(stream, &table, error);
	table_free(&table);
	return result;
}

void watch_close(struct watch *watch)
{
	view_free(&watch->view);
	view_free(&watch->previous);
	snapshot_free(&watch->snapshot);
	judge_free(watch->judge);
	procfs_cache_free(watch->cache);
	kernel_close(watch->kernel);
	memset(watch, 0, sizeof(*watch));
}
