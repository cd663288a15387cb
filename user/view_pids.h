/* SPDX-License-Identifier: GPL-2.0 */
/* A view of some processes only. Pure. */
#ifndef RELAYTRAP_VIEW_PIDS_H
#define RELAYTRAP_VIEW_PIDS_H

#include "view.h"
#include "words.h"

/*
 * Takes all processes but those with @pids (in digits) out of @view, and the services that are left without
 * any. With no pids the view stays as it is. Their figures stay those of the whole service.
 */
void view_keep_pids(struct view *view, const struct words *pids);

#endif
