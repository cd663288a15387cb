// SPDX-License-Identifier: GPL-2.0
/*
 * Is anything relaying now? Counts by itself from zero, beside a running instance: what that one counted
 * before would still stand in its sets of distinct upstreams.
 */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "units.h"
#include "verify.h"
#include "watch.h"

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void show_progress(const struct view *view, __u64 passed, __u64 wanted)
{
	char text[VERIFY_PROGRESS];

	verify_progress(text, view, passed, wanted);
	fprintf(stderr, "\r%-78.78s", text);
}

/* Until the time is over, something relays, or a signal; *@passed says how long that took. */
static int observe(struct watch *watch, const struct settings *settings, const sigset_t *ending,
		   __u64 *passed, struct error *error)
{
	bool progress = isatty(STDERR_FILENO);
	__u64 start = now_ns(), left, wait;
	bool ended = false;

	for (;;) {
		/* Taken before the look: what comes in after the end of it is not the answer's. */
		*passed = now_ns() - start;
		if (watch_take(watch, error))
			return -1;
		if (progress)
			show_progress(&watch->view, *passed, settings->watch_for);
		if (ended || *passed >= settings->watch_for ||
		    verify_judge(&watch->view, false) == VERIFY_RELAYING)
			break;
		left = settings->watch_for - *passed;
		wait = left < settings->interval ? left : settings->interval;
		ended = sigtimedwait(ending, NULL,
				     &(struct timespec){.tv_sec = wait / NS_PER_S,
							.tv_nsec = wait % NS_PER_S}) >= 0;
	}
	if (progress)
		fprintf(stderr, "\r%78s\r", "");
	return 0;
}

static int exit_status(enum verify_outcome outcome)
{
	if (outcome == VERIFY_RELAYING)
		return EXIT_RELAYING;
	return outcome == VERIFY_NO_RELAYING ? EXIT_OK : EXIT_INCONCLUSIVE;
}

static int verify(const struct settings *settings, const sigset_t *ending, int *status, struct error *error)
{
	enum verify_outcome outcome;
	struct kernel *kernel;
	struct watch watch;
	__u64 passed;
	int failed;

	if (kernel_load(&kernel, settings, error) || watch_begin(&watch, kernel, settings, error))
		return -1;
	failed = observe(&watch, settings, ending, &passed, error);
	if (!failed) {
		outcome = verify_judge(&watch.view, passed >= settings->watch_for);
		*status = exit_status(outcome);
		failed = settings->json ? verify_print_json(stdout, &watch.view, outcome, passed, error)
					: verify_print(stdout, &watch.view, outcome, passed, error);
	}
	watch_close(&watch);
	return failed;
}

int cmd_verify(const struct settings *settings)
{
	struct error error;
	sigset_t ending;
	int status;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	return verify(settings, &ending, &status, &error) ? complain(&error) : status;
}
