/* SPDX-License-Identifier: GPL-2.0 */
/* New settings for a running daemon. */
#ifndef RELAYTRAP_RELOAD_H
#define RELAYTRAP_RELOAD_H

#include "kernel.h"
#include "settings.h"

/*
 * Reads the configuration file again and puts what it says into force: all of it or, with the reason in
 * @error, nothing. @text (@size bytes) says what is watched now, and what cannot change in a running
 * instance.
 */
int reload_settings(struct settings *settings, struct kernel *kernel, char *text, size_t size,
		    struct error *error);

#endif
