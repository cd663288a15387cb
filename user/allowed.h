/* SPDX-License-Identifier: GPL-2.0 */
/* The list of networks that are always served, and the filter in front of it. Pure. */
#ifndef RELAYTRAP_ALLOWED_H
#define RELAYTRAP_ALLOWED_H

#include <stddef.h>

#include "cidr.h"
#include "error.h"
#include "relaytrap.h"

enum allowed_change {
	ALLOWED_SAME,
	ALLOWED_NEW,
	ALLOWED_RENEWED, /* it was there, on another word */
	ALLOWED_GONE,
};

struct allowed {
	struct cidr cidr;
	__u64 since; /* boot clock, ns */
	enum rt_origin origin;
	enum allowed_change change; /* of the edits so far */
};

/* An all-zero list is empty. Sorted, IPv4 first. */
struct allowed_list {
	struct allowed *all;
	size_t count;
};

/* Adds one, in any order; allowed_sort() must follow before anything else. Fails for want of memory. */
int allowed_append(struct allowed_list *list, const struct allowed *allowed, struct error *error);
void allowed_sort(struct allowed_list *list);
void allowed_free(struct allowed_list *list);

/* The entry of exactly @cidr, or NULL. */
struct allowed *allowed_find(const struct allowed_list *list, const struct cidr *cidr);

/*
 * Allows the @count networks of @wanted, which it puts in order. What is there already stays as it is, but becomes
 * an operator's who asks for it.
 */
int allowed_allow(struct allowed_list *list, struct cidr *wanted, size_t count, enum rt_origin origin,
		  __u64 now, struct error *error);

/* Marks as gone what of @wanted is there. */
void allowed_disallow(struct allowed_list *list, const struct cidr *wanted, size_t count);

/* What the settings allow is exactly @wanted from now on; an operator's entries stay. */
int allowed_follow(struct allowed_list *list, struct cidr *wanted, size_t count, __u64 now,
		   struct error *error);

/* How many of one family there will be. */
size_t allowed_count(const struct allowed_list *list, bool ipv4);

/* Sets the bits of the filters that @cidr needs. */
void allowed_near(struct rt_guard *guard, const struct cidr *cidr);

/* Makes the filters anew, for what will be there. */
void allowed_near_all(struct rt_guard *guard, const struct allowed_list *list);

#endif
