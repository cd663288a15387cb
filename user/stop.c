// SPDX-License-Identifier: GPL-2.0
#include "stop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_guard.h"

static int write_containment(struct kernel *kernel, __u32 slot, const struct rt_containment *containment,
			     struct error *error)
{
	if (kernel_update(kernel, MAP_CONTAINMENTS, &slot, containment))
		return fail(error, "cannot write the containment of service %u: %s", slot, strerror(errno));
	return 0;
}

int stop_block(struct kernel *kernel, const struct view_service *service,
	       const struct rt_containment *containment, const struct ports *ports, const char *netns,
	       struct error *error)
{
	static const struct ports none;
	const struct guard_order order = {
		.kind = GUARD_BLOCK,
		.ports = ports,
		.terms = {.origin = containment->origin,
			  .expires = containment->expires,
			  .service = service->slot,
			  .birth = service->birth},
	};
	struct guard_blocks *after;
	int failed;

	if (!memcmp(ports, &none, sizeof(none)))
		return 0;
	after = malloc(sizeof(*after));
	if (!after)
		return fail(error, "not enough memory to block ports");
	failed = kernel_guard_edit(kernel, &order, after, error) || kernel_guard_attach(kernel, netns, error);
	free(after);
	return failed ? -1 : 0;
}

int stop_contain(struct kernel *kernel, const struct view_service *service,
		 const struct rt_containment *containment, const struct ports *ports, const char *netns,
		 struct error *error)
{
	if (write_containment(kernel, service->slot, containment, error))
		return -1;
	return stop_block(kernel, service, containment, ports, netns, error);
}

static int lift(struct kernel *kernel, const struct view_service *service, enum rt_lift by,
		struct error *error)
{
	const struct guard_order order = {
		.kind = GUARD_LIFT_SERVICE, .service = service->slot, .birth = service->birth, .by = by};
	struct guard_blocks *after = malloc(sizeof(*after));
	int failed;

	if (!after)
		return fail(error, "not enough memory to lift blocks");
	failed = kernel_guard_edit(kernel, &order, after, error);
	free(after);
	return failed;
}

int stop_exempt(struct kernel *kernel, const struct view_service *service,
		const struct rt_containment *containment, struct error *error)
{
	static const struct rt_fuse whole;

	if (write_containment(kernel, service->slot, containment, error))
		return -1;
	if (kernel_update(kernel, MAP_FUSES, &service->slot, &whole))
		return fail(error, "cannot reset the fuse of service %u: %s", service->slot, strerror(errno));
	return 0;
}

int stop_end(struct kernel *kernel, const struct view_service *service,
	     const struct rt_containment *containment, enum rt_lift by, struct error *error)
{
	return stop_exempt(kernel, service, containment, error) || lift(kernel, service, by, error) ? -1 : 0;
}

int stop_forget(struct kernel *kernel, __u32 slot, struct error *error)
{
	static const struct rt_containment none;

	return write_containment(kernel, slot, &none, error);
}

int stop_count_cut(struct kernel *kernel, struct rt_containment *containment, __u32 slot, __u64 closed,
		   struct error *error)
{
	struct rt_containment now;

	if (kernel_lookup(kernel, MAP_CONTAINMENTS, &slot, &now) || now.birth != containment->birth ||
	    now.since != containment->since)
		return 0;
	containment->cut += closed;
	return write_containment(kernel, slot, containment, error);
}
