// SPDX-License-Identifier: GPL-2.0
/* Events of blocks, of what they drop, and of the interfaces that the guard stands on. */
#include <string.h>

#include "events.h"
#include "interface_words.h"

static const struct view_block *find_block(const struct view *view, __u16 port)
{
	for (size_t i = 0; i < view->block_count; i++)
		if (view->blocks[i].port == port)
			return &view->blocks[i];
	return NULL;
}

/* One that was lifted and made anew since is told as made. */
static void compare_block(struct events *events, struct event_memory *memory, const struct view *before,
			  const struct view *now, const struct view_block *block)
{
	const struct view_block *earlier = find_block(before, block->port);
	bool was = earlier && earlier->in_force;
	struct event *event;

	if (block->in_force == was)
		return;
	event = events_add_within(events, &memory->blocks, block->in_force ? EVENT_BLOCKED : EVENT_UNBLOCKED,
				  now);
	if (!event)
		return;
	event->block = block;
	event->dry_run = now->dry_run;
}

/* Where the drops at @port are added up: anew in the place told of longest ago, all of which has been told. */
static struct event_drops *find_drops(struct event_memory *memory, __u16 port)
{
	struct event_drops *free = NULL;

	for (size_t i = 0; i < RT_BLOCKS; i++) {
		struct event_drops *drops = &memory->drops[i];

		if (drops->port == port)
			return drops;
		if (!drops->packets && (!free || drops->told < free->told))
			free = drops;
	}
	if (free)
		*free = (struct event_drops){.port = port};
	return free;
}

static __u64 risen(__u64 now, __u64 before)
{
	return now > before ? now - before : 0;
}

static void add_drops(struct event_memory *memory, const struct view *now, const struct view_block *block)
{
	const struct rt_block_count *is = &block->count, *was = &block->before;
	__u64 packets = risen(is->packets + is->would_drop, was->packets + was->would_drop);
	__u64 requests = risen(is->syns + is->would_drop_syns, was->syns + was->would_drop_syns);
	struct event_drops *drops = packets ? find_drops(memory, block->port) : NULL;

	if (!drops)
		return;
	drops->packets += packets;
	drops->requests += requests;
	if (now->interval > 0 && requests / now->interval > drops->peak)
		drops->peak = requests / now->interval;
}

static void tell_drops(struct events *events, struct event_memory *memory, struct event_drops *drops,
		       const struct view *now)
{
	struct event *event;

	if (!drops->packets || (drops->told && now->now - drops->told < EVENTS_TOLD_EVERY))
		return;
	event = events_add_within(events, &memory->blocks, EVENT_DROPS, now);
	if (!event)
		return;
	event->port = drops->port;
	event->packets = drops->packets;
	event->requests = drops->requests;
	event->peak = drops->peak;
	event->dry_run = now->dry_run;
	*drops = (struct event_drops){.port = drops->port, .told = now->now};
}

static const struct rt_interface *find_interface(const struct view *view, const struct rt_interface *same)
{
	for (size_t i = 0; view && i < view->interface_count; i++) {
		const struct rt_interface *interface = &view->interfaces[i];

		if (interface->netns == same->netns && interface->index == same->index &&
		    !memcmp(interface->name, same->name, sizeof(same->name)))
			return interface;
	}
	return NULL;
}

static void tell_interface(struct events *events, struct event_memory *memory, const struct view *now,
			   const struct rt_interface *interface, enum event_kind kind, bool gone)
{
	struct event *event = events_add_within(events, &memory->interfaces, kind, now);

	if (!event)
		return;
	event->interface = interface;
	event->gone = gone;
}

static enum event_kind kind_of(const struct rt_interface *before, const struct rt_interface *now)
{
	if (!interface_is_guarded(now))
		return EVENT_UNGUARDED;
	return before && interface_is_guarded(before) && now->detached > before->detached ? EVENT_REGUARDED
											  : EVENT_GUARDED;
}

static void compare_interfaces(struct events *events, struct event_memory *memory, const struct view *before,
			       const struct view *now)
{
	for (size_t i = 0; i < now->interface_count; i++) {
		const struct rt_interface *earlier = find_interface(before, &now->interfaces[i]);

		if (!earlier || memcmp(earlier, &now->interfaces[i], sizeof(*earlier)) != 0)
			tell_interface(events, memory, now, &now->interfaces[i],
				       kind_of(earlier, &now->interfaces[i]), false);
	}
	for (size_t i = 0; before && i < before->interface_count; i++)
		if (interface_is_guarded(&before->interfaces[i]) &&
		    !find_interface(now, &before->interfaces[i]))
			tell_interface(events, memory, now, &before->interfaces[i], EVENT_UNGUARDED, true);
}

void events_of_guard(struct events *events, struct event_memory *memory, const struct view *before,
		     const struct view *now)
{
	compare_interfaces(events, memory, before, now);
	if (!before)
		return;
	for (size_t i = 0; i < now->block_count; i++) {
		compare_block(events, memory, before, now, &now->blocks[i]);
		add_drops(memory, now, &now->blocks[i]);
	}
	for (size_t i = 0; i < RT_BLOCKS; i++)
		tell_drops(events, memory, &memory->drops[i], now);
}
