/* SPDX-License-Identifier: GPL-2.0 */
/* Two services that turn out to be one: what becomes of what stops them. */
#ifndef RELAYTRAP_BPF_MERGE_H
#define RELAYTRAP_BPF_MERGE_H

#include "service.h"

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

static __always_inline void service_merge(__u32 a, __u32 b)
{
	struct rt_service *s, *gone;
	__u32 into, from;

	a = service_root(a);
	b = service_root(b);
	if (a == b)
		return;
	into = a < b ? a : b;
	from = a < b ? b : a;
	s = service_at(into);
	gone = service_at(from);
	if (!s || !gone)
		return;
	carry_containment(from, gone, into, s);
	carry_fuse(from, gone, into);
	gone->merged = into;
	/* They will be closed there. */
	__sync_fetch_and_add(&s->open, __sync_lock_test_and_set(&gone->open, 0));
}

#endif
