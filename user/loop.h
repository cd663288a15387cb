/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon waits for: signals, the next look, descriptors of its parts. */
#ifndef RELAYTRAP_LOOP_H
#define RELAYTRAP_LOOP_H

#include <stddef.h>

#include <linux/types.h>

#include "error.h"

#define LOOP_SOURCES 8

/* Why loop_wait() came back; a set of them. */
enum loop_wake {
	LOOP_LOOK = 1 << 0,
	LOOP_RELOAD = 1 << 1, /* SIGHUP */
	LOOP_STOP = 1 << 2,   /* SIGINT, SIGTERM */
};

/* Has to read what there is, or be forgotten: else it is called again at once. */
typedef void loop_ready(void *context);

struct loop_source {
	int fd;
	loop_ready *ready;
	void *context;
};

/* All fields are the loop's own. */
struct loop {
	int signals;
	int timer;
	struct loop_source sources[LOOP_SOURCES];
	size_t source_count;
};

/* Holds back the signals that loop_wait() tells, from now on; they stay so. Nothing to close on failure. */
int loop_open(struct loop *loop, struct error *error);

/* Calls @ready while waiting whenever there is something to read from @fd, which stays the caller's. */
int loop_add(struct loop *loop, int fd, loop_ready *ready, void *context, struct error *error);

/* To be called before @fd is closed; @ready itself may do so. */
void loop_forget(struct loop *loop, int fd);

/* Waits @ns, or shorter for a signal. A set of enum loop_wake, or -1 with the reason in @error. */
int loop_wait(struct loop *loop, __u64 ns, struct error *error);

void loop_close(struct loop *loop);

#endif
