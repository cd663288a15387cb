// SPDX-License-Identifier: GPL-2.0
#include "guard.h"

#include <arpa/inet.h>
#include <string.h>

bool guard_in_force(const struct rt_block *block)
{
	return block->since && !block->lifted;
}

size_t guard_count(const struct guard_blocks *blocks)
{
	size_t count = 0;

	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		count += guard_in_force(&blocks->records[slot]);
	return count;
}

/* The slot of @port, in force or not; 0 = it has none. */
static size_t find(const struct guard_blocks *blocks, __u16 port)
{
	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		if (blocks->records[slot].since && blocks->records[slot].port == port)
			return slot;
	return 0;
}

/* A free slot, else the one lifted longest ago; 0 = all are in force. */
static size_t find_room(const struct guard_blocks *blocks)
{
	const struct rt_block *records = blocks->records;
	size_t oldest = 0;

	for (size_t slot = 1; slot < RT_BLOCKS; slot++) {
		if (!records[slot].since)
			return slot;
		if (records[slot].lifted && (!oldest || records[slot].lifted < records[oldest].lifted))
			oldest = slot;
	}
	return oldest;
}

static __u64 later(__u64 one, __u64 other)
{
	return !one || !other ? 0 : one > other ? one : other;
}

/* Whether a block that is in force stays as it is, though somebody else asks for it. */
static bool outranks(const struct rt_block *block, const struct rt_block *terms)
{
	if (block->origin == RT_OPERATOR)
		return terms->origin == RT_ENGINE || (terms->origin == RT_SETTINGS && !block->expires);
	return block->origin == RT_SETTINGS && terms->origin == RT_ENGINE;
}

static void renew(struct guard_blocks *blocks, size_t slot, const struct rt_block *terms)
{
	struct rt_block *block = &blocks->records[slot];
	struct rt_block before = *block;

	if (outranks(block, terms))
		return;
	block->expires = terms->origin != RT_ENGINE || block->birth != terms->birth
				 ? terms->expires
				 : later(block->expires, terms->expires);
	block->origin = terms->origin;
	block->birth = terms->birth;
	block->service = terms->service;
	if (memcmp(&before, block, sizeof(before)))
		blocks->changes[slot] = GUARD_RENEWED;
}

static void block_port(struct guard_blocks *blocks, __u16 port, const struct rt_block *terms, __u64 now)
{
	size_t known = find(blocks, port), slot = known;

	if (known && guard_in_force(&blocks->records[known])) {
		renew(blocks, known, terms);
		return;
	}
	if (!slot)
		slot = find_room(blocks);
	blocks->records[slot] = (struct rt_block){
		.since = now,
		.expires = terms->expires,
		.birth = terms->birth,
		.port = port,
		.origin = terms->origin,
		.service = terms->service,
	};
	blocks->changes[slot] = known ? GUARD_AGAIN : GUARD_NEW;
}

static int block(struct guard_blocks *blocks, const struct ports *ports, const struct rt_block *terms,
		 __u64 now, struct error *error)
{
	size_t after = guard_count(blocks), before = after;

	for (unsigned int port = 1; port < RT_PORTS; port++) {
		size_t slot = ports_contain(ports, port) ? find(blocks, port) : 0;

		after += ports_contain(ports, port) && !(slot && guard_in_force(&blocks->records[slot]));
	}
	if (after > GUARD_PORTS_MAX)
		return fail(
			error,
			"%d ports at most can be blocked, with these it would be %zu (%zu are blocked now); "
			"nothing was changed; 'relaytrap list' shows them, 'relaytrap unblock' makes room",
			GUARD_PORTS_MAX, after, before);
	/* Those that have a slot first: it must not be given away. */
	for (unsigned int port = 1; port < RT_PORTS; port++)
		if (ports_contain(ports, port) && find(blocks, port))
			block_port(blocks, port, terms, now);
	for (unsigned int port = 1; port < RT_PORTS; port++)
		if (ports_contain(ports, port) && !find(blocks, port))
			block_port(blocks, port, terms, now);
	return 0;
}

static void lift(struct guard_blocks *blocks, size_t slot, enum rt_lift by, __u64 now)
{
	blocks->records[slot].lifted = now;
	blocks->records[slot].lifted_by = by;
	blocks->changes[slot] = GUARD_LIFTED;
}

/* Whether @order is to lift this one. */
static bool is_meant(const struct rt_block *block, const struct guard_order *order, __u64 now)
{
	switch (order->kind) {
	case GUARD_LIFT:
		return ports_contain(order->ports, block->port);
	case GUARD_FOLLOW:
		return block->origin == RT_SETTINGS && !ports_contain(order->ports, block->port);
	case GUARD_LIFT_SERVICE:
		return block->origin == RT_ENGINE && block->service == order->service &&
		       block->birth == order->birth;
	default:
		return block->expires && block->expires <= now;
	}
}

int guard_apply(struct guard_blocks *blocks, const struct guard_order *order, __u64 now, struct error *error)
{
	enum rt_lift by = order->kind == GUARD_EXPIRE ? RT_LIFT_EXPIRED : order->by;

	if (order->kind == GUARD_BLOCK)
		return block(blocks, order->ports, &order->terms, now, error);
	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		if (guard_in_force(&blocks->records[slot]) && is_meant(&blocks->records[slot], order, now))
			lift(blocks, slot, by, now);
	if (order->kind == GUARD_FOLLOW)
		return block(blocks, order->ports, &order->terms, now, error);
	return 0;
}

void guard_changed(struct ports *ports, const struct guard_blocks *blocks, enum guard_change change)
{
	memset(ports, 0, sizeof(*ports));
	for (size_t slot = 1; slot < RT_BLOCKS; slot++) {
		__u16 port = blocks->records[slot].port;

		if (blocks->changes[slot] == change)
			ports->bits[port / 8] |= 1U << port % 8;
	}
}

void guard_fill(struct rt_guard *guard, const struct guard_blocks *blocks)
{
	memset(guard->slots, 0, sizeof(guard->slots));
	guard->blocked = guard_count(blocks);
	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		if (guard_in_force(&blocks->records[slot]))
			guard->slots[htons(blocks->records[slot].port)] = slot;
}
