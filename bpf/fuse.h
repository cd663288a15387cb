/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fuse: so many distinct upstreams, and not one more. An upstream is entered before its connection may
 * go out, by compare-and-swap, so that processes on all CPUs share the same few places.
 */
#ifndef RELAYTRAP_BPF_FUSE_H
#define RELAYTRAP_BPF_FUSE_H

#include "address.h"
#include "sketch.h"

/* A mark is good for one `since`: the upper half counts ticks of 0.27 s, for 18 years to either side. */
#define FUSE_TICK_BITS 28
#define FUSE_TURNS 3

enum fuse_place {
	FUSE_ENTERED, /* it is there now, or was */
	FUSE_FULL,
	FUSE_TURNED, /* the fuse has begun anew meanwhile */
};

static __always_inline __u64 fuse_mark(__u64 since, __u64 print)
{
	__u32 low = print;

	return since >> FUSE_TICK_BITS << 32 | (low ? low : 1);
}

/* Below 0 if @mark is of an earlier `since` than @other, above if of a later one. */
static __always_inline int fuse_order(__u64 mark, __u64 other)
{
	return mark ? (int)((mark >> 32) - (other >> 32)) : -1;
}

/* A time before the service was born is one of another service in this slot. */
static __always_inline bool fuse_is_blown(const struct rt_fuse *f, const struct rt_service *s)
{
	return f->blown && f->blown >= s->since;
}

/* What is never contained has no fuse. */
static __always_inline bool fuse_is_exempt(__u32 slot, const struct rt_service *s)
{
	struct rt_containment *containment = bpf_map_lookup_elem(&containments, &slot);

	return containment && containment->exempt && containment->birth == s->since;
}

/* When the fuse began, which may be now. */
static __always_inline __u64 fuse_begin(struct rt_fuse *f, const struct rt_service *s, __u64 window)
{
	__u64 now = bpf_ktime_get_boot_ns(), since = f->since, found;

	if (since && since >= s->since && now < since + window)
		return since;
	found = __sync_val_compare_and_swap(&f->since, since, now);
	return found == since ? now : found;
}

static __always_inline enum fuse_place fuse_enter(struct rt_fuse *f, __u32 size, __u64 mark)
{
	for (__u32 i = 0; i < RT_FUSE_MAX; i++) {
		__u64 held = f->upstreams[i];

		if (i >= size)
			break;
		if (fuse_order(held, mark) < 0) {
			__u64 found = __sync_val_compare_and_swap(&f->upstreams[i], held, mark);

			if (found == held)
				return FUSE_ENTERED;
			held = found;
		}
		if (held == mark)
			return FUSE_ENTERED;
		if (fuse_order(held, mark) > 0)
			return FUSE_TURNED;
	}
	return FUSE_FULL;
}

/*
 * Enters an upstream of the service at @slot. Not 0: the fuse has blown, now or before. Whoever lags behind
 * each new beginning is told the same, to be on the safe side.
 */
SUBPROGRAM int fuse_spend(struct rt_service *s, __u32 slot, const struct rt_address *address, __u16 port)
{
	struct rt_fuse *f = bpf_map_lookup_elem(&fuses, &slot);
	struct rt_config *c = configuration();
	enum fuse_place place = FUSE_TURNED;
	__u64 print;

	if (!s || !address || !f || !c || !c->fuse || c->mode == RT_OBSERVE || is_allowed(address) ||
	    fuse_is_exempt(slot, s))
		return 0;
	if (fuse_is_blown(f, s))
		return 1;
	print = fingerprint(c, address, port);
	for (int i = 0; i < FUSE_TURNS && place == FUSE_TURNED; i++)
		place = fuse_enter(f, c->fuse, fuse_mark(fuse_begin(f, s, c->window), print));
	if (place == FUSE_FULL)
		f->blown = bpf_ktime_get_boot_ns();
	return place != FUSE_ENTERED;
}

#endif
