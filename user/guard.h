/* SPDX-License-Identifier: GPL-2.0 */
/* What is blocked, as records by slot: decisions and edits, away from the kernel. Pure. */
#ifndef RELAYTRAP_GUARD_H
#define RELAYTRAP_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "ports.h"
#include "relaytrap.h"

/* Slot 0 is none. */
#define GUARD_PORTS_MAX (RT_BLOCKS - 1)

/* What an edit did to a record. */
enum guard_change {
	GUARD_SAME,
	GUARD_NEW,     /* its counts begin at 0 */
	GUARD_AGAIN,   /* it goes on with the counts it had */
	GUARD_RENEWED, /* it was in force, on other terms */
	GUARD_LIFTED,
};

struct guard_blocks {
	struct rt_block records[RT_BLOCKS];
	__u8 changes[RT_BLOCKS]; /* enum guard_change, of the edits so far */
};

bool guard_in_force(const struct rt_block *block);

/* How many are in force. */
size_t guard_count(const struct guard_blocks *blocks);

/* What is to be done. */
struct guard_order {
	enum {
		GUARD_BLOCK,
		GUARD_FOLLOW, /* the settings: these they block, and no other */
		GUARD_LIFT,
		GUARD_LIFT_SERVICE,
		GUARD_EXPIRE
	} kind;
	const struct ports *ports; /* to block, to follow, or to lift if they are in force */
	struct rt_block terms;     /* of a block: origin, expires, and of the engine's service and birth */
	__u32 service;             /* what the engine blocked for this one is lifted */
	__u64 birth;
	enum rt_lift by; /* who lifts */
};

/*
 * Does it; all of the ports are blocked or none. A port keeps the slot that it has or had, else gets a free one,
 * else the one lifted longest ago. A block becomes that of an operator who asks for it, and the engine's that of the
 * settings; no other way round, but that the settings' has no end, and goes before an operator's that has. Of two
 * that the engine made for one service the later end counts. @now: boot clock, ns. Only blocking can fail, when there
 * is no room for so many.
 */
int guard_apply(struct guard_blocks *blocks, const struct guard_order *order, __u64 now, struct error *error);

/* The ports to which the edits so far did this. */
void guard_changed(struct ports *ports, const struct guard_blocks *blocks, enum guard_change change);

/* What the kernel side reads follows from the records. */
void guard_fill(struct rt_guard *guard, const struct guard_blocks *blocks);

#endif
