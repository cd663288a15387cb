// SPDX-License-Identifier: GPL-2.0
#include "stop.h"

#include <errno.h>
#include <string.h>

static int write_containment(struct kernel *kernel, __u32 slot, const struct rt_containment *containment,
			     struct error *error)
{
	if (kernel_update(kernel, MAP_CONTAINMENTS, &slot, containment))
		return fail(error, "cannot write the containment of service %u: %s", slot, strerror(errno));
	return 0;
}

int stop_contain(struct kernel *kernel, const struct view_service *service,
		 const struct rt_containment *containment, struct error *error)
{
	return write_containment(kernel, service->slot, containment, error);
}

int stop_end(struct kernel *kernel, const struct view_service *service,
	     const struct rt_containment *containment, struct error *error)
{
	static const struct rt_fuse whole;

	if (write_containment(kernel, service->slot, containment, error))
		return -1;
	if (kernel_update(kernel, MAP_FUSES, &service->slot, &whole))
		return fail(error, "cannot reset the fuse of service %u: %s", service->slot, strerror(errno));
	return 0;
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
