/* SPDX-License-Identifier: GPL-2.0 */
/* The packets of the bench of the guard, and what is blocked and allowed there. */
#ifndef RELAYTRAP_GUARD_FRAME_H
#define RELAYTRAP_GUARD_FRAME_H

#include "../e2e/tools/guard_lab.h"

#define GUARD_PORT 6515

/* Addresses that no prefix is near to, and that one is. */
#define GUARD_FAR 0xc6336401
#define GUARD_NEAR 0x0a01c801

struct guard_frame {
	size_t size;
	unsigned char bytes[256];
};

static inline void guard_put(struct guard_frame *p, unsigned int value, size_t bytes)
{
	while (bytes--)
		p->bytes[p->size++] = value >> 8 * bytes;
}

static inline void guard_put_tcp(struct guard_frame *p, unsigned int port, unsigned int flags)
{
	guard_put(p, 40000, 2);
	guard_put(p, port, 2);
	guard_put(p, 0, 8);
	guard_put(p, 0x50, 1);
	guard_put(p, flags, 1);
	guard_put(p, 0, 6);
}

static inline struct guard_frame guard_frame_ipv4(unsigned int tags, __u32 source, unsigned int port,
						  unsigned int flags)
{
	struct guard_frame p = {.size = 12};

	while (tags--)
		guard_put(&p, tags ? 0x88a8000a : 0x81000014, 4);
	guard_put(&p, 0x0800, 2);
	guard_put(&p, 0x45000028, 4);
	guard_put(&p, 0x00004000, 4);
	guard_put(&p, 0x40060000, 4);
	guard_put(&p, source, 4);
	guard_put(&p, 0xcb007101, 4);
	guard_put_tcp(&p, port, flags);
	return p;
}

static inline struct guard_frame guard_frame_ipv6(unsigned int extensions, unsigned int port)
{
	struct guard_frame p = {.size = 12};

	guard_put(&p, 0x86dd, 2);
	guard_put(&p, 0x60000000, 4);
	guard_put(&p, 20 + 8 * extensions, 2);
	guard_put(&p, extensions ? 60 : 6, 1);
	guard_put(&p, 64, 1);
	guard_put(&p, 0x20010db8, 4);
	guard_put(&p, 0, 8);
	guard_put(&p, 1, 4);
	guard_put(&p, 0x20010db8, 4);
	guard_put(&p, 0, 8);
	guard_put(&p, 2, 4);
	while (extensions--) {
		guard_put(&p, extensions ? 60 : 6, 1);
		guard_put(&p, 0, 7);
	}
	guard_put_tcp(&p, port, 0x02);
	return p;
}

/* The first is 10.1.0.0/24, which 10.1.200.1 is near to; the others are spread over 20.0.0.0 and up, none is in 198. */
static inline void guard_frame_allow(struct guard_lab *lab, unsigned int count)
{
	unsigned char address[16] = {10, 1, 0};
	unsigned int random = 1;

	guard_lab_disallow_all(lab);
	guard_lab_allow(lab, address, 24, false);
	for (unsigned int i = 1; i < count; i++) {
		random = random * 1664525 + 1013904223;
		address[0] = i % 4 ? 20 + (random >> 24) % 100 : 10;
		address[1] = i % 4 ? random >> 16 : 1;
		address[2] = i % 4 ? random >> 8 : i / 4 % 128;
		address[3] = i % 4 ? random & 0xf0 : i / 512 << 2;
		guard_lab_allow(lab, address, i % 4 ? 28 : 30, false);
	}
	guard_lab_write(lab);
}

/* One port is blocked, and so many prefixes are allowed. */
static inline void guard_frame_block(struct guard_lab *lab, unsigned int prefixes)
{
	lab->state.slots[htons(GUARD_PORT)] = 1;
	guard_frame_allow(lab, prefixes);
}

#endif
