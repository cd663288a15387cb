/* SPDX-License-Identifier: GPL-2.0 */
/* The live screen: shows the lines of a table, reads keys. screen.c alone knows curses. */
#ifndef RELAYTRAP_SCREEN_H
#define RELAYTRAP_SCREEN_H

#include <signal.h>
#include <stdbool.h>

#include "error.h"
#include "table.h"

struct screen;

enum screen_event {
	SCREEN_TIMEOUT,
	SCREEN_REDRAW,  /* a key moved it, or it has another size now */
	SCREEN_REFRESH, /* new figures are wanted at once */
	SCREEN_QUIT,
};

/* Whether standard input and output are a terminal that may show it. */
bool screen_possible(void);

/*
 * Takes the terminal over. @ending: blocked signals that mean SCREEN_QUIT; the caller has blocked
 * SIGWINCH as well.
 */
int screen_open(struct screen **screen, const sigset_t *ending, struct error *error);

unsigned int screen_width(const struct screen *screen);

/* Shows @title above @table, of whose lines about services as many as fit, from where the person moved to. */
void screen_draw(struct screen *screen, const char *title, const struct table *table);

/* Waits for one event, @ns at most. */
enum screen_event screen_wait(struct screen *screen, __u64 ns);

/* Gives the terminal back as it was. NULL is allowed. */
void screen_close(struct screen *screen);

#endif
