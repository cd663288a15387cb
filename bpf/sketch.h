/* SPDX-License-Identifier: GPL-2.0 */
/* Adding to a sketch of distinct keys, without locks and in constant time. */
#ifndef RELAYTRAP_BPF_SKETCH_H
#define RELAYTRAP_BPF_SKETCH_H

#include "maps.h"

/* The finalizer of MurmurHash3: each bit of the input reaches each bit of the output. */
static __always_inline __u64 mixed(__u64 x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

/* Keyed with a secret, so that nobody can choose destinations that collide. Never 0. */
static __always_inline __u64 fingerprint(const struct rt_config *c, const struct rt_address *a, __u16 port)
{
	const __u64 *words = (const void *)a;
	__u64 x = mixed(words[0] ^ c->seed[0]);

	x = mixed(x ^ words[1] ^ c->seed[1]);
	x = mixed(x + port + c->seed[0]);
	return x ? x : 1;
}

/* 1-based position of the highest bit set among those below the register's index. */
static __always_inline __u8 rank_of(__u64 print)
{
	__u64 rest = print << RT_SKETCH_BITS;
	__u8 rank = 1;

	if (!rest)
		return 64 - RT_SKETCH_BITS + 1;
	if (!(rest >> 32))
		rank += 32, rest <<= 32;
	if (!(rest >> 48))
		rank += 16, rest <<= 16;
	if (!(rest >> 56))
		rank += 8, rest <<= 8;
	if (!(rest >> 60))
		rank += 4, rest <<= 4;
	if (!(rest >> 62))
		rank += 2, rest <<= 2;
	if (!(rest >> 63))
		rank += 1;
	return rank;
}

SUBPROGRAM int sketch_add(struct rt_sketch *sketch, __u64 print)
{
	__u32 index = print >> (64 - RT_SKETCH_BITS);
	__u8 rank = rank_of(print);

	if (!sketch)
		return 0;
	if (sketch->registers[index % RT_SKETCH_REGISTERS] < rank)
		sketch->registers[index % RT_SKETCH_REGISTERS] = rank;
	if (sketch->overflowed)
		return 0;
	for (__u32 i = 0; i < RT_SKETCH_EXACT; i++) {
		__u64 *slot = &sketch->exact[(print + i) % RT_SKETCH_EXACT];
		__u64 found = __sync_val_compare_and_swap(slot, 0, print);

		if (!found || found == print)
			return 0;
	}
	sketch->overflowed = 1;
	return 0;
}

#endif
