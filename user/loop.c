// SPDX-License-Identifier: GPL-2.0
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "units.h"

int loop_open(struct loop *loop, struct error *error)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	*loop = (struct loop){.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)};
	if (loop->signals < 0)
		return fail(error, "cannot wait for signals: %s", strerror(errno));
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->timer >= 0)
		return 0;
	fail(error, "cannot make a timer: %s", strerror(errno));
	close(loop->signals);
	return -1;
}

int loop_add(struct loop *loop, int fd, loop_ready *ready, void *context, struct error *error)
{
	if (loop->source_count == LOOP_SOURCES)
		return fail(error, "more than %d things to wait for", LOOP_SOURCES);
	loop->sources[loop->source_count++] = (struct loop_source){fd, ready, context};
	return 0;
}

void loop_forget(struct loop *loop, int fd)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->source_count; i++)
		if (loop->sources[i].fd != fd)
			loop->sources[kept++] = loop->sources[i];
	loop->source_count = kept;
}

static int take_signals(const struct loop *loop)
{
	struct signalfd_siginfo signal;
	int wakes = 0;

	while (read(loop->signals, &signal, sizeof(signal)) == sizeof(signal))
		wakes |= signal.ssi_signo == SIGHUP ? LOOP_RELOAD : LOOP_STOP;
	return wakes;
}

static bool timer_expired(const struct loop *loop)
{
	__u64 times;

	return read(loop->timer, &times, sizeof(times)) == sizeof(times);
}

/* By descriptor: one of them may have the loop forget others. */
static void call_source(struct loop *loop, int fd)
{
	for (size_t i = 0; i < loop->source_count; i++)
		if (loop->sources[i].fd == fd) {
			loop->sources[i].ready(loop->sources[i].context);
			return;
		}
}

/* One round; 0 when only sources were ready, or nothing. */
static int wait_once(struct loop *loop, struct error *error)
{
	struct pollfd polled[2 + LOOP_SOURCES] = {{.fd = loop->signals, .events = POLLIN},
						  {.fd = loop->timer, .events = POLLIN}};
	size_t count = 2;
	int wakes = 0;

	for (size_t i = 0; i < loop->source_count; i++)
		polled[count++] = (struct pollfd){.fd = loop->sources[i].fd, .events = POLLIN};
	if (poll(polled, count, -1) < 0)
		return errno == EINTR ? 0 : fail(error, "cannot wait: %s", strerror(errno));
	if (polled[0].revents)
		wakes |= take_signals(loop);
	if (polled[1].revents && timer_expired(loop))
		wakes |= LOOP_LOOK;
	for (size_t i = 2; i < count; i++)
		if (polled[i].revents)
			call_source(loop, polled[i].fd);
	return wakes;
}

int loop_wait(struct loop *loop, __u64 ns, struct error *error)
{
	struct itimerspec next = {.it_value = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S}};
	int wakes;

	if (timerfd_settime(loop->timer, 0, &next, NULL))
		return fail(error, "cannot set the timer: %s", strerror(errno));
	do
		wakes = wait_once(loop, error);
	while (!wakes);
	return wakes;
}

void loop_close(struct loop *loop)
{
	close(loop->signals);
	close(loop->timer);
}
