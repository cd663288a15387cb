// SPDX-License-Identifier: GPL-2.0
/* The live view: on a full screen, or as one table after the other. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "obey.h"
#include "screen.h"
#include "top.h"
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

/* A live view, its screen and where its figures come from. */
struct live {
	struct watch *watch;
	const struct settings *settings;
	struct screen *screen;
	struct top top;
	struct frame frame;
	bool anew; /* the terminal's content is in doubt */
};

static void find_place(struct top_place *place, const struct watch *watch)
{
	struct utsname names;

	*place = (struct top_place){.joined = watch->joined, .utf8 = screen_utf8()};
	if (uname(&names))
		return;
	snprintf(place->host, sizeof(place->host), "%s", names.nodename);
	snprintf(place->kernel, sizeof(place->kernel), "%s", names.release);
}

static int draw(struct live *live, struct error *error)
{
	unsigned int rows, columns;

	screen_size(live->screen, &rows, &columns);
	if ((rows != live->frame.rows || columns != live->frame.columns) &&
	    frame_resize(&live->frame, rows, columns, error))
		return -1;
	top_draw(&live->top, &live->frame);
	screen_draw(live->screen, &live->frame, live->anew);
	live->anew = false;
	return 0;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void carry_out(struct live *live)
{
	char text[sizeof(live->top.message)];
	bool done = obey(&live->top.order, live->watch, text, sizeof(text));

	top_answer(&live->top, !done, text);
}

/* What all the keys that were pressed ask for, the weightiest of it. */
static enum top_effect take_keys(struct live *live)
{
	enum top_effect effect = TOP_DRAW;

	for (unsigned int key = screen_key(live->screen); key; key = screen_key(live->screen)) {
		enum top_effect asked = top_key(&live->top, key);

		if (asked == TOP_OBEY)
			carry_out(live);
		/* What was done shows at once. */
		asked = asked == TOP_OBEY ? TOP_REFRESH : asked;
		live->anew |= asked == TOP_REPAINT;
		if (asked > effect)
			effect = asked;
		if (asked == TOP_QUIT)
			break;
	}
	return effect;
}

/* Keeps the screen up with the person until new figures are due or wanted. */
static int show(struct live *live, bool *leave, struct error *error)
{
	__u64 start = now_ns();
	enum top_effect effect = TOP_DRAW;

	while (effect < TOP_REFRESH) {
		__u64 passed;

		if (draw(live, error))
			return -1;
		passed = now_ns() - start;
		switch (screen_wait(live->screen,
				    passed < live->top.interval ? live->top.interval - passed : 0)) {
		case SCREEN_TIMEOUT:
			start = now_ns();
			effect = live->top.paused ? TOP_DRAW : TOP_REFRESH;
			break;
		case SCREEN_KEY:
			effect = take_keys(live);
			break;
		case SCREEN_SIZE:
			live->anew = true;
			break;
		case SCREEN_QUIT:
			effect = TOP_QUIT;
			break;
		}
	}
	*leave = effect == TOP_QUIT;
	return 0;
}

static int take_for_top(struct live *live, struct error *error)
{
	char time[WATCH_TIME_SIZE];

	if (take(live->watch, live->settings, error))
		return -1;
	watch_time(time, live->watch);
	return top_take(&live->top, &live->watch->view, time, error);
}

static int run_screen(struct watch *watch, const struct settings *settings, struct screen *screen,
		      struct error *error)
{
	struct live live = {.watch = watch, .settings = settings, .screen = screen};
	bool leave = false;
	struct top_place place;
	int failed = 0;

	find_place(&place, watch);
	top_begin(&live.top, &place, settings->interval);
	for (unsigned int shown = 1; !failed && !leave; shown++) {
		failed = take_for_top(&live, error) || show(&live, &leave, error);
		leave |= shown == settings->iterations;
	}
	top_end(&live.top);
	frame_free(&live.frame);
	return failed ? -1 : 0;
}

static int run(struct watch *watch, const struct settings *settings, const sigset_t *ending,
	       struct error *error)
{
	struct screen *screen;
	int result;

	if (settings->batch || !screen_possible()) {
		if (!settings->batch && isatty(STDOUT_FILENO))
			fprintf(stderr,
				"relaytrap: this terminal cannot show a screen; printing tables instead\n");
		return run_batch(watch, settings, ending, error);
	}
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
