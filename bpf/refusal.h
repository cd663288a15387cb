/* SPDX-License-Identifier: GPL-2.0 */
/* Refusal: what a contained service, or one whose fuse has blown, may still reach. */
#ifndef RELAYTRAP_BPF_REFUSAL_H
#define RELAYTRAP_BPF_REFUSAL_H

#include "service.h"

/* What stops the service at @slot; it may be on one of those that were merged on the way to the root. */
static __always_inline struct rt_containment *containment_of(__u32 slot)
{
	for (int i = 0; i < MERGES_FOLLOWED; i++) {
		struct rt_containment *containment = bpf_map_lookup_elem(&containments, &slot);
		struct rt_service *s = service_at(slot);

		if (!s || !containment)
			return NULL;
		if (containment_stands(containment, s))
			return containment;
		if (!s->merged)
			return NULL;
		slot = s->merged;
	}
	return NULL;
}

static __always_inline bool is_blown(const struct rt_config *c, __u32 slot, const struct rt_service *s)
{
	struct rt_fuse *f = bpf_map_lookup_elem(&fuses, &slot);

	return c->fuse && f && fuse_is_blown(f, s) && !fuse_is_exempt(slot, s);
}

/*
 * Whether what goes to @to from the service @s with the root @slot has to stop. @spends: it is a TCP
 * connection of a member, and one more upstream to the fuse. @dry_run is set if it has to in name only.
 */
static __always_inline bool has_to_stop(__u32 own_slot, __u32 slot, struct rt_service *s,
					const struct destination *to, bool spends, bool *dry_run)
{
	struct rt_config *c = configuration();
	struct rt_containment *containment;

	if (!c || c->mode == RT_OBSERVE || to->local)
		return false;
	*dry_run = c->mode != RT_ENFORCE;
	containment = containment_of(own_slot);
	/* The daemon that ends it, and makes the fuse whole, may be gone. */
	if (containment && containment->expires && containment->expires <= bpf_ktime_get_boot_ns())
		return false;
	if (containment)
		*dry_run |= !!containment->dry_run;
	if (containment || is_blown(c, slot, s))
		return !is_allowed(&to->address);
	return c->fuse && spends && !is_client(s, slot, &to->address) &&
	       fuse_spend(s, slot, &to->address, to->port);
}

#endif
