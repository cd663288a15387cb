/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal: shows frames, hands on keys. screen.c alone knows curses. */
#ifndef RELAYTRAP_SCREEN_H
#define RELAYTRAP_SCREEN_H

#include <signal.h>
#include <stdbool.h>

#include <linux/types.h>

#include "error.h"
#include "frame.h"

struct screen;

enum screen_event {
	SCREEN_TIMEOUT,
	SCREEN_KEY,  /* one may be there: ask screen_key() until there is none */
	SCREEN_SIZE, /* it has another size now, or was written over */
	SCREEN_QUIT,
};

/* Whether standard input and output are a terminal that may show it. */
bool screen_possible(void);

/* Whether the terminal shows characters beyond ASCII, as far as the locale tells. */
bool screen_utf8(void);

/*
 * Takes the terminal over. @ending: blocked signals that mean SCREEN_QUIT; the caller has blocked
 * SIGWINCH as well.
 */
int screen_open(struct screen **screen, const sigset_t *ending, struct error *error);

/* Its size in characters, at least 1. */
void screen_size(const struct screen *screen, unsigned int *rows, unsigned int *columns);

/* Shows @frame; with @anew nothing is taken for granted of what the terminal shows. */
void screen_draw(struct screen *screen, const struct frame *frame, bool anew);

/* Waits for one event, @ns at most. */
enum screen_event screen_wait(struct screen *screen, __u64 ns);

/* The next key as top_key() takes it; 0 when there is none. */
unsigned int screen_key(struct screen *screen);

/* Gives the terminal back as it was. NULL is allowed. */
void screen_close(struct screen *screen);

#endif
