/* SPDX-License-Identifier: GPL-2.0 */
/* What is never contained: pid 1, the ssh server, relaytrap, what the settings exempt. Pure. */
#ifndef RELAYTRAP_SPARE_H
#define RELAYTRAP_SPARE_H

#include <stdbool.h>

#include "settings.h"
#include "view.h"

/*
 * Whether all processes that read what clients of @service send, or, while there are none, all that listen for
 * it, must be left alone. Then @why says so of one of them. @self is the pid of relaytrap.
 */
bool spare(char why[RT_REASON_LEN], const struct view_service *service, const struct settings *settings,
	   __u32 self);

#endif
