/* SPDX-License-Identifier: GPL-2.0 */
/* Two services that turn out to be one: what becomes of what stops them. */
#ifndef RELAYTRAP_BPF_MERGE_H
#define RELAYTRAP_BPF_MERGE_H

#include "service.h"

#define MERGE_TRIES 4

/*
 * What stops one stops both from now on; the user side finds it there, and blocks the ports of both. It also judges
 * whether the new one is still exempt.
 */
static __always_inline void carry_containment(__u32 from, const struct rt_service *gone, __u32 into,
					      const struct rt_service *s)
{
	struct rt_containment *carried = bpf_map_lookup_elem(&containments, &from);
	struct rt_containment *containment = bpf_map_lookup_elem(&containments, &into);

	if (!containment || !containment_stands(carried, gone) || containment_stands(containment, s) ||
	    fuse_is_exempt(into, s))
		return;
	__builtin_memcpy(containment, carried, sizeof(*containment));
	containment->birth = s->since;
}

/* A whole fuse brings nothing along. */
static __always_inline void carry_fuse(__u32 from, const struct rt_service *gone, __u32 into)
{
	struct rt_fuse *carried = bpf_map_lookup_elem(&fuses, &from);
	struct rt_fuse *fuse = bpf_map_lookup_elem(&fuses, &into);

	if (carried && fuse && fuse_is_blown(carried, gone) && !fuse_is_exempt(from, gone))
		fuse->blown = bpf_ktime_get_boot_ns();
}

/* Points what was merged straight at its root, or chains of merges would grow beyond what is followed. */
static long flatten(void *map, const __u32 *slot, struct rt_service *s, void *unused)
{
	__u32 merged = s->merged;
	__u32 root = service_root(merged);

	if (root != merged)
		__sync_val_compare_and_swap(&s->merged, merged, root);
	return 0;
}

/* Others may merge either of them at the same time: then with what it has become. */
SUBPROGRAM int service_merge(__u32 a, __u32 b)
{
	for (int i = 0; i < MERGE_TRIES; i++) {
		struct rt_service *s, *gone;
		__u32 into, from;

		a = service_root(a);
		b = service_root(b);
		into = a < b ? a : b;
		from = a < b ? b : a;
		s = service_at(into);
		gone = service_at(from);
		if (into == from || !s || !gone)
			return 0;
		carry_containment(from, gone, into, s);
		carry_fuse(from, gone, into);
		if (__sync_val_compare_and_swap(&gone->merged, 0, into))
			continue;
		carry_open(gone);
		bpf_for_each_map_elem(&services, flatten, NULL, 0);
	}
	return 0;
}

#endif
