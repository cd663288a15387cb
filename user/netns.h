/* SPDX-License-Identifier: GPL-2.0 */
/* A visit to another network namespace. */
#ifndef RELAYTRAP_NETNS_H
#define RELAYTRAP_NETNS_H

#include <linux/types.h>

#include "error.h"

struct netns_visit {
	int home; /* -1: it is where we are anyway */
	__u32 inode;
};

/*
 * Moves this thread to the network namespace that the setting @netns names: a path; "self" and "all" are our own.
 * Only a netns_leave() may follow a success.
 */
int netns_enter(struct netns_visit *visit, const char *netns, struct error *error);

/* Moves it back; ends the process should that fail, as everything after it would act in the wrong place. */
void netns_leave(const struct netns_visit *visit);

/* The inode number of the namespace that @netns names; 0 with the reason in @error. */
__u32 netns_inode(const char *netns, struct error *error);

#endif
