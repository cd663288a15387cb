// SPDX-License-Identifier: GPL-2.0
/* The live view: on a full screen, or as one table after the other. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "command.h"
#include "complain.h"
#include "screen.h"
#include "text.h"
#include "units.h"
#include "view_pids.h"
#include "watch.h"

static int take(struct watch *watch, const struct settings *settings, struct error *error)
{
	if (watch_take(watch, error))
		return -1;
	view_keep_pids(&watch->view, &settings->pid);
	return 0;
}

static int run_batch(struct watch *watch, const struct settings *settings, const sigset_t *ending,
		     struct error *error)
{
	const struct timespec interval = {
		.tv_sec = settings->interval / NS_PER_S,
		.tv_nsec = settings->interval % NS_PER_S,
	};

	for (unsigned int shown = 1;; shown++) {
		if (take(watch, settings, error) || watch_print(watch, stdout, error))
			return -1;
		if (shown == settings->iterations || sigtimedwait(ending, NULL, &interval) >= 0)
			return 0;
		printf("\n");
	}
}

static void format_title(char *title, size_t size, const struct watch *watch)
{
	char host[sizeof(((struct utsname *)0)->nodename)] = "";
	struct utsname names;

	if (uname(&names)) {
		names.nodename[0] = '\0';
		names.release[0] = '\0';
	}
	text_printable(host, sizeof(host), names.nodename, strnlen(names.nodename, sizeof(host)), false);
	snprintf(title, size, "relaytrap on %s, Linux %s, %s", host, names.release,
		 watch->joined ? "the running instance" : "watching by itself");
}

static int draw(const struct watch *watch, struct screen *screen, struct error *error)
{
	char title[256], time[WATCH_TIME_SIZE];
	struct table table;

	format_title(title, sizeof(title), watch);
	watch_time(time, watch);
	if (table_build(&table, &watch->view, time, screen_width(screen), error))
		return -1;
	screen_draw(screen, title, &table);
	table_free(&table);
	return 0;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Keeps the screen up with the person until new figures are due or wanted. */
static int show(const struct watch *watch, struct screen *screen, __u64 interval, bool *leave,
		struct error *error)
{
	__u64 start = now_ns(), passed = 0;
	enum screen_event event = SCREEN_REDRAW;

	while (event == SCREEN_REDRAW) {
		if (draw(watch, screen, error))
			return -1;
		passed = now_ns() - start;
		event = screen_wait(screen, passed < interval ? interval - passed : 0);
	}
	*leave = event == SCREEN_QUIT;
	return 0;
}

static int run_screen(struct watch *watch, const struct settings *settings, struct screen *screen,
		      struct error *error)
{
	bool leave = false;

	for (unsigned int shown = 1;; shown++) {
		if (take(watch, settings, error) || show(watch, screen, settings->interval, &leave, error))
			return -1;
		if (leave || shown == settings->iterations)
			return 0;
	}
}

static int run(struct watch *watch, const struct settings *settings, const sigset_t *ending,
	       struct error *error)
{
	struct screen *screen;
	int result;

	if (settings->batch || !screen_possible())
		return run_batch(watch, settings, ending, error);
	if (screen_open(&screen, ending, error)) {
		fprintf(stderr, "relaytrap: %s; printing tables instead\n", error->text);
		return run_batch(watch, settings, ending, error);
	}
	result = run_screen(watch, settings, screen, error);
	screen_close(screen);
	return result;
}

int cmd_top(const struct settings *settings)
{
	struct watch watch;
	struct error error;
	sigset_t ending, blocked;
	int failed;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	blocked = ending;
	sigaddset(&blocked, SIGWINCH);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	if (watch_open(&watch, settings, true, &error))
		return complain(&error);
	failed = run(&watch, settings, &ending, &error);
	watch_close(&watch);
	return failed ? complain(&error) : EXIT_OK;
}
