/* SPDX-License-Identifier: GPL-2.0 */
/* The part of a view that tells what is blocked and contained. Pure. */
#ifndef RELAYTRAP_VIEW_GUARD_H
#define RELAYTRAP_VIEW_GUARD_H

#include "view.h"

/* Fills in what stops @service, whose slot and birth are known. @wall_offset as for view_build(). */
void view_guard_contain(struct view_service *service, const struct snapshot *snapshot, double wall_offset);

/* Fills in mode, blocks and interfaces; the interfaces stay the snapshot's. Fails only for want of memory. */
int view_guard_build(struct view *view, const struct snapshot *snapshot, double wall_offset,
		     const struct view *previous, struct error *error);

/* The block in force on @port, or NULL. */
const struct view_block *view_guard_find(const struct view *view, __u16 port);

/* Name of a state of an interface, of an origin, of a mode and of a cause in JSON and metrics; static strings. */
const char *interface_state_name(unsigned int state);
const char *origin_name(unsigned int origin);
const char *mode_name(unsigned int mode);
const char *guard_cause_name(unsigned int cause);

#endif
