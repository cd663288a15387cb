// SPDX-License-Identifier: GPL-2.0
/* Follows the running instance, and whichever comes after it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "event_json.h"
#include "event_line.h"
#include "pins.h"
#include "units.h"
#include "watch.h"

struct follower {
	const struct settings *settings;
	struct watch watch; /* while following is not 0 */
	struct event_memory memory;
	unsigned long long following; /* pins_identity() */
};

static int write_line(const struct event *event, struct error *error)
{
	time_t seconds = (time_t)event->time;
	char line[EVENT_LINE], when[32] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &local);
	event_line(line, event);
	if (printf("%s  %s\n", when, line) < 0 || fflush(stdout))
		return fail(error, "cannot write events: %s", strerror(errno));
	return 0;
}

static int write_events(const struct follower *follower, const struct events *events, struct error *error)
{
	for (size_t i = 0; i < events->count; i++)
		if (follower->settings->json ? event_json_print(stdout, &events->all[i], error)
					     : write_line(&events->all[i], error))
			return -1;
	return 0;
}

static int write_one(const struct follower *follower, enum event_kind kind, const char *text,
		     struct error *error)
{
	struct events events = {0};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	events_add(&events, kind, now.tv_sec + now.tv_nsec / 1e9, text);
	return write_events(follower, &events, error);
}

static int leave(struct follower *follower, struct error *error)
{
	watch_close(&follower->watch);
	follower->following = 0;
	return write_one(follower, EVENT_UNLOADED, "the instance was unloaded", error);
}

/* @told: it is no news that there is an instance. */
static int join(struct follower *follower, unsigned long long identity, bool told, struct error *error)
{
	if (watch_open(&follower->watch, follower->settings, false, error))
		/* It may have gone just now. */
		return pins_identity(follower->settings->pin_dir) == identity ? -1 : 0;
	follower->following = identity;
	follower->memory = (struct event_memory){.fresh = watch_fresh(follower->settings)};
	return told ? 0 : write_one(follower, EVENT_LOADED, "an instance was loaded", error);
}

static int look(struct follower *follower, bool first, struct error *error)
{
	unsigned long long identity = pins_identity(follower->settings->pin_dir);
	struct events events;

	if (follower->following && follower->following != identity && leave(follower, error))
		return -1;
	if (!follower->following && identity && join(follower, identity, first, error))
		return -1;
	if (!follower->following)
		return 0;
	if (watch_take(&follower->watch, error))
		return pins_identity(follower->settings->pin_dir) == identity ? -1 : 0;
	events_between(&events, &follower->memory, &follower->watch.previous, &follower->watch.view);
	return write_events(follower, &events, error);
}

/* Whether nobody reads on. */
static bool is_unread(void)
{
	struct pollfd output = {.fd = STDOUT_FILENO};

	return poll(&output, 1, 0) == 1 && output.revents & (POLLERR | POLLNVAL);
}

static int follow(struct follower *follower, const sigset_t *ending, struct error *error)
{
	const struct timespec interval = {
		.tv_sec = follower->settings->interval / NS_PER_S,
		.tv_nsec = follower->settings->interval % NS_PER_S,
	};

	for (bool first = true;; first = false) {
		if (look(follower, first, error))
			return -1;
		if (first && !follower->following)
			fprintf(stderr,
				"relaytrap: no instance is running (nothing is pinned in %s); waiting for one\n",
				follower->settings->pin_dir);
		if (sigtimedwait(ending, NULL, &interval) >= 0 || is_unread())
			return 0;
	}
}

int cmd_events(const struct settings *settings)
{
	struct follower follower = {.settings = settings};
	struct error error;
	sigset_t ending;
	int failed;

	if (geteuid()) {
		fail(&error, "cannot look into %s: run this as root", settings->pin_dir);
		return complain(&error);
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	failed = follow(&follower, &ending, &error);
	if (follower.following)
		watch_close(&follower.watch);
	if (!is_unread())
		return failed ? complain(&error) : EXIT_OK;
	/* What could not be written has no reader: no reason to complain, neither here nor at the exit. */
	return freopen("/dev/null", "w", stdout) ? EXIT_OK : EXIT_FAILED;
}
