/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is blocked and allowed, and where the guard stands: read and changed in the maps of a pinned instance. Each
 * change waits until it is alone, and is made so that the guard sees nothing half done.
 */
#ifndef RELAYTRAP_KERNEL_GUARD_H
#define RELAYTRAP_KERNEL_GUARD_H

#include "allowed.h"
#include "error.h"
#include "guard.h"
#include "kernel.h"
#include "settings.h"

/* A lock on all that guards, released by closing it; -1 with the reason in @error. */
int kernel_guard_lock(const struct kernel *kernel, struct error *error);

int kernel_guard_read(struct kernel *kernel, struct guard_blocks *blocks, struct error *error);

/* Carries @order out; @after shows the records and what became of each. All or nothing. */
int kernel_guard_edit(struct kernel *kernel, const struct guard_order *order, struct guard_blocks *after,
		      struct error *error);

/* Everything that is allowed; allowed_free() releases it. */
int kernel_allowed_read(struct kernel *kernel, struct allowed_list *list, struct error *error);

enum allowed_edit {
	ALLOWED_ALLOW,    /* on an operator's word */
	ALLOWED_DISALLOW, /* whoever allowed it */
	ALLOWED_FOLLOW,   /* the settings: these they allow, and no other */
};

/* Puts @wanted in order. @after, which allowed_free() releases, shows what became of each. All or nothing. */
int kernel_allowed_edit(struct kernel *kernel, enum allowed_edit edit, struct cidr *wanted, size_t count,
			struct allowed_list *after, struct error *error);

/* The same with ALLOWED_FOLLOW and what @settings allow; to be done before a mode or fuse of theirs is in force. */
int kernel_allowed_follow(struct kernel *kernel, const struct settings *settings, struct error *error);

/* Keeps what @settings say of the guard (mode, interface, xdp, netns) for whoever attaches it. */
int kernel_guard_configure(struct kernel *kernel, const struct settings *settings, struct error *error);

/*
 * Puts the guard where it belongs as it was configured, and nowhere else: in observe, nowhere unless something is
 * blocked. @netns, as the setting, must be the namespace that it was configured with. What became of each
 * interface stands in map `interfaces`; a single one that failed is no error.
 */
int kernel_guard_attach(struct kernel *kernel, const char *netns, struct error *error);

#endif
