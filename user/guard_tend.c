// SPDX-License-Identifier: GPL-2.0
#include "guard_tend.h"

#include <unistd.h>

#include "interfaces.h"
#include "kernel_guard.h"
#include "netns.h"
#include "units.h"

/* Even if no change was heard of. */
#define PLACE_EVERY (5 * NS_PER_S)

static int place(struct guard_tend *tend, struct error *error)
{
	tend->placed = 0;
	if (kernel_guard_attach(tend->kernel, tend->settings->netns, error))
		return -1;
	tend->placed = kernel_now();
	return 0;
}

/* A new interface is not to wait for the next look; a failure is met again there, and told. */
static void hear(void *context)
{
	struct guard_tend *tend = context;
	struct error ignored;

	if (interfaces_drain(tend->events) && tend->wanted)
		place(tend, &ignored);
}

static int listen_there(struct guard_tend *tend, struct error *error)
{
	struct netns_visit there;

	if (netns_enter(&there, tend->settings->netns, error))
		return -1;
	tend->events = interfaces_open(error);
	netns_leave(&there);
	return tend->events < 0 ? -1 : loop_add(tend->loop, tend->events, hear, tend, error);
}

static void stop_listening(struct guard_tend *tend)
{
	if (tend->events < 0)
		return;
	loop_forget(tend->loop, tend->events);
	close(tend->events);
	tend->events = -1;
}

static int follow_blocked(const struct guard_tend *tend, struct error *error)
{
	const struct guard_order order = {.kind = GUARD_FOLLOW,
					  .ports = &tend->settings->block,
					  .terms.origin = RT_SETTINGS,
					  .by = RT_LIFT_SETTINGS};
	struct guard_blocks after;

	return kernel_guard_edit(tend->kernel, &order, &after, error);
}

int guard_tend_follow(struct guard_tend *tend, struct error *error)
{
	stop_listening(tend);
	tend->placed = 0;
	if (kernel_guard_configure(tend->kernel, tend->settings, error) || follow_blocked(tend, error))
		return -1;
	return listen_there(tend, error);
}

int guard_tend_begin(struct guard_tend *tend, struct loop *loop, struct kernel *kernel,
		     const struct settings *settings, struct error *error)
{
	*tend = (struct guard_tend){.loop = loop, .kernel = kernel, .settings = settings, .events = -1};
	return guard_tend_follow(tend, error);
}

static bool has_expired(const struct guard_blocks *blocks, __u64 now)
{
	for (size_t slot = 1; slot < RT_BLOCKS; slot++)
		if (guard_in_force(&blocks->records[slot]) && blocks->records[slot].expires &&
		    blocks->records[slot].expires <= now)
			return true;
	return false;
}

int guard_tend(struct guard_tend *tend, struct error *error)
{
	const struct guard_order expire = {.kind = GUARD_EXPIRE};
	struct guard_blocks blocks;
	__u64 now = kernel_now();
	bool wanted;

	if (kernel_guard_read(tend->kernel, &blocks, error) ||
	    (has_expired(&blocks, now) && kernel_guard_edit(tend->kernel, &expire, &blocks, error)))
		return -1;
	wanted = tend->settings->mode != RT_OBSERVE || guard_count(&blocks);
	if (tend->placed && wanted == tend->wanted && (!wanted || now - tend->placed < PLACE_EVERY))
		return 0;
	tend->wanted = wanted;
	return place(tend, error);
}

void guard_tend_end(struct guard_tend *tend)
{
	stop_listening(tend);
}
