/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon does for the guard: ends blocks in time, and follows the interfaces and the settings. */
#ifndef RELAYTRAP_GUARD_TEND_H
#define RELAYTRAP_GUARD_TEND_H

#include <stdbool.h>

#include "error.h"
#include "kernel.h"
#include "loop.h"
#include "settings.h"

/* All fields are its own. */
struct guard_tend {
	struct loop *loop;
	struct kernel *kernel;
	const struct settings *settings;
	int events;   /* of interfaces; -1: none are heard */
	bool wanted;  /* somewhere, when last put in place */
	__u64 placed; /* when that was; boot clock, ns; 0 = it has to be done */
};

/*
 * Begins with what @settings ask for; they, @kernel and @loop are borrowed, and the settings may change, of which
 * guard_tend_follow() is to be told. guard_tend_end() must follow, even a failure.
 */
int guard_tend_begin(struct guard_tend *tend, struct loop *loop, struct kernel *kernel,
		     const struct settings *settings, struct error *error);

/* Puts into force what the settings now say of the guard: mode, interfaces, what is blocked, who is always allowed. */
int guard_tend_follow(struct guard_tend *tend, struct error *error);

/* To be called at each look. What failed is tried again at the next. */
int guard_tend(struct guard_tend *tend, struct error *error);

/* The guard stays as it is. */
void guard_tend_end(struct guard_tend *tend);

#endif
