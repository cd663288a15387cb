/* SPDX-License-Identifier: GPL-2.0 */
/* Frames for the guard: made at random, layer by layer, and mutated. */
#ifndef RELAYTRAP_GUARD_FRAMES_H
#define RELAYTRAP_GUARD_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "guard_reference.h"

#define FRAME_MAX 6000
#define FRAME_MIN 14 /* the least that a test run takes */

struct frame {
	size_t size;
	unsigned char bytes[FRAME_MAX];
};

static uint64_t random_state;

/* xorshift64*: the same frames everywhere for one seed. */
static uint32_t random_bits(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL >> 32;
}

static uint32_t random_below(uint32_t limit)
{
	return random_bits() % limit;
}

static bool one_in(uint32_t times)
{
	return random_below(times) == 0;
}

/* Room that is not there is not filled: the frame ends early. */
static void put(struct frame *f, unsigned int value, size_t bytes)
{
	while (bytes-- && f->size < FRAME_MAX)
		f->bytes[f->size++] = bytes < sizeof(value) ? value >> 8 * bytes : 0;
}

static void put_random(struct frame *f, size_t bytes)
{
	for (; bytes >= 4; bytes -= 4)
		put(f, random_bits(), 4);
	put(f, random_bits(), bytes);
}

/* Few ports, some of them each other's with bytes swapped, so that blocked ones are met often. */
static unsigned int random_port(void)
{
	static const unsigned int pool[] = {6515, 0x7319, 6514, 6516, 80, 0x5000, 0, 65535, 1, 256, 22, 8080};

	return one_in(16) ? random_below(RT_PORTS) : pool[random_below(sizeof(pool) / sizeof(*pool))];
}

/* Within an allowed prefix, next to one, or anywhere. */
static void put_source(struct frame *f, const struct reference_state *s, bool ipv6)
{
	const struct reference_prefix *prefixes = ipv6 ? s->ipv6 : s->ipv4;
	size_t bits = ipv6 ? 128 : 32, at = f->size, count = ipv6 ? s->ipv6_count : s->ipv4_count;
	const struct reference_prefix *prefix;
	unsigned int bit;

	put_random(f, bits / 8);
	if (!count || one_in(3) || f->size != at + bits / 8)
		return;
	prefix = &prefixes[random_below(count)];
	for (bit = 0; bit < prefix->length; bit++) {
		unsigned char mask = 0x80 >> bit % 8;

		f->bytes[at + bit / 8] = (f->bytes[at + bit / 8] & ~mask) | (prefix->address[bit / 8] & mask);
	}
	if (prefix->length && one_in(3)) {
		bit = one_in(2) ? prefix->length - 1 : random_below(prefix->length);
		f->bytes[at + bit / 8] ^= 0x80 >> bit % 8;
	}
}

static void put_tcp(struct frame *f, unsigned int source, unsigned int destination)
{
	static const unsigned char flags[] = {0x02, 0x12, 0x10, 0x18, 0x04, 0x11, 0xc2, 0x00};

	put(f, source, 2);
	put(f, destination, 2);
	put_random(f, 8);
	put(f, 5 + (one_in(4) ? random_below(11) : 0), 1);
	put(f, one_in(8) ? random_below(256) : flags[random_below(sizeof(flags))], 1);
	put_random(f, 6 + random_below(one_in(4) ? 200 : 20));
}

static void put_ports(struct frame *f)
{
	unsigned int source = random_port();

	put_tcp(f, source, random_port());
}

static unsigned int random_protocol(void)
{
	static const unsigned char others[] = {17, 1, 58, 50, 47, 4, 41, 59, 132, 135};

	return one_in(6) ? others[random_below(sizeof(others))] : 6;
}

/* Fields of a whole packet, mostly; of a first fragment, of the one right after it, of any. */
static unsigned int random_fragment(unsigned int more, unsigned int one)
{
	const unsigned int usual[] = {more, one, one | more};

	return one_in(8) ? random_below(65536) : one_in(6) ? usual[random_below(3)] : 0;
}

static void put_ipv4(struct frame *f, const struct reference_state *s)
{
	unsigned int words = one_in(3) ? random_below(16) : 5;

	put(f, (one_in(64) ? random_below(16) : 4) << 4 | words, 1);
	put_random(f, 5);
	put(f, one_in(2) ? 0x4000 : random_fragment(0x2000, 1), 2);
	put_random(f, 1);
	put(f, random_protocol(), 1);
	put_random(f, 2);
	put_source(f, s, false);
	put_random(f, 4);
	put_random(f, words > 5 ? 4 * (words - 5) : 0);
	put_ports(f);
}

/* A kind of extension header, and one that is none now and then. */
static unsigned int random_extension(void)
{
	static const unsigned char kinds[] = {0, 43, 44, 51, 60, 60};

	return one_in(32) ? random_below(256) : kinds[random_below(sizeof(kinds))];
}

static void put_extension(struct frame *f, unsigned int kind, unsigned int next)
{
	unsigned int length = one_in(24) ? random_below(256) : random_below(3);

	put(f, next, 1);
	put(f, length, 1);
	if (kind == 44)
		put(f, random_fragment(1, 8), 2);
	else
		put_random(f, 2);
	put_random(f, 4);
	if (kind == 51)
		put(f, 0, 4 * length);
	else if (kind != 44)
		put(f, 0, 8 * length);
}

static void put_ipv6(struct frame *f, const struct reference_state *s)
{
	unsigned int count = one_in(2) ? 0 : random_below(12), kind = random_extension(), next;

	if (!count)
		kind = random_protocol();
	put(f, (one_in(64) ? random_below(16) : 6) << 4, 1);
	put_random(f, 5);
	put(f, kind, 1);
	put_random(f, 1);
	put_source(f, s, true);
	put_random(f, 16);
	for (unsigned int i = 1; i <= count; i++) {
		next = i == count ? random_protocol() : random_extension();
		put_extension(f, kind, next);
		kind = next;
	}
	put_ports(f);
}

/* A packet of a connection of this host, or one that differs in one bit of its addresses and ports. */
static void put_connection(struct frame *f, const struct reference_connection *c)
{
	size_t length = c->ipv6 ? 16 : 4, addresses;

	put(f, c->ipv6 ? 0x86dd : 0x0800, 2);
	put(f, c->ipv6 ? 0x60 : 0x45, 1);
	put(f, 0, 5);
	put(f, c->ipv6 ? 6 : 0x40, 1);
	put(f, 0, c->ipv6 ? 1 : 2);
	if (!c->ipv6) {
		put(f, 6, 1);
		put(f, 0, 2);
	}
	addresses = f->size;
	for (size_t i = 0; i < 2 * length; i++)
		put(f, i < length ? c->far[i] : c->near[i - length], 1);
	put_tcp(f, c->far_port, c->near_port);
	if (one_in(4))
		f->bytes[addresses + random_below(2 * length + 4)] ^= 1 << random_below(8);
}

static void put_tags(struct frame *f)
{
	unsigned int tags = one_in(3) ? random_below(5) : 0;

	while (tags--) {
		put(f, one_in(2) ? 0x8100 : 0x88a8, 2);
		put_random(f, 2);
	}
}

/* @connections: those of this host that packets are made for, among others that the reference does not list. */
static void make_frame(struct frame *f, const struct reference_state *s,
		       const struct reference_connection *connections, size_t connection_count)
{
	f->size = 0;
	put_random(f, 12);
	put_tags(f);
	if (connection_count && one_in(12)) {
		put_connection(f, &connections[random_below(connection_count)]);
	} else if (one_in(32)) {
		put(f, random_below(65536), 2);
		put_random(f, random_below(64));
	} else if (one_in(2)) {
		put(f, 0x0800, 2);
		put_ipv4(f, s);
	} else {
		put(f, 0x86dd, 2);
		put_ipv6(f, s);
	}
}

/* Bits and bytes changed, the end cut off, a piece repeated or taken out. */
static void mutate_frame(struct frame *f)
{
	size_t at, length;

	do {
		at = random_below(f->size);
		switch (random_below(5)) {
		case 0:
			f->bytes[at] ^= 1 << random_below(8);
			break;
		case 1:
			f->bytes[at] = random_below(256);
			break;
		case 2:
			f->size = at;
			break;
		case 3:
			length = random_below(f->size - at);
			memmove(f->bytes + at, f->bytes + at + length, f->size - at - length);
			f->size -= length;
			break;
		default:
			length = random_below(f->size - at);
			if (f->size + length > FRAME_MAX)
				break;
			memmove(f->bytes + at + length, f->bytes + at, f->size - at);
			f->size += length;
		}
		if (f->size < FRAME_MIN) {
			memset(f->bytes + f->size, 0, FRAME_MIN - f->size);
			f->size = FRAME_MIN;
		}
	} while (one_in(2));
}

#endif
