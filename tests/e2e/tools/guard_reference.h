/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What docs/guard.md says of packets, written once more: plain, slow, and sharing nothing with bpf/ but the
 * names of the counters. Pure.
 */
#ifndef RELAYTRAP_GUARD_REFERENCE_H
#define RELAYTRAP_GUARD_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "relaytrap.h"

#define REFERENCE_PREFIXES 16
#define REFERENCE_CONNECTIONS 16

enum reference_verdict {
	REFERENCE_DROP = 1, /* as XDP numbers them */
	REFERENCE_PASS = 2,
};

struct reference_prefix {
	unsigned char address[16];
	unsigned int length; /* in bits */
};

/* A connection that this host opened; addresses are 4 or 16 bytes. */
struct reference_connection {
	bool ipv6;
	unsigned char far[16];
	unsigned char near[16];
	unsigned int far_port;
	unsigned int near_port;
};

struct reference_state {
	unsigned char slots[RT_PORTS];
	bool dry_run;
	size_t ipv4_count, ipv6_count, connection_count;
	struct reference_prefix ipv4[REFERENCE_PREFIXES];
	struct reference_prefix ipv6[REFERENCE_PREFIXES];
	struct reference_connection connections[REFERENCE_CONNECTIONS];
};

struct reference_counts {
	struct rt_block_count blocks[RT_BLOCKS];
	__u64 causes[RT_GUARD_CAUSES];
};

struct reference_frame {
	const unsigned char *bytes;
	size_t size;    /* of the frame */
	size_t visible; /* of its first buffer */
};

/* What was found on the way to the ports; also tells packets that take different ways apart. */
struct reference_path {
	int cause; /* enum rt_guard_cause, or -1 */
	size_t tags;
	size_t extensions;
	bool ipv6;
	size_t network; /* offsets into the frame; tcp 0 = not TCP */
	size_t tcp;
};

static unsigned int reference_number(const struct reference_frame *f, size_t at, size_t bytes)
{
	unsigned int value = 0;

	while (bytes--)
		value = value << 8 | f->bytes[at++];
	return value;
}

static bool reference_sees(const struct reference_frame *f, size_t at, size_t bytes)
{
	return at + bytes <= f->visible;
}

/* Bytes are missing: they were not sent, or lie beyond the first buffer. */
static void reference_short(const struct reference_frame *f, struct reference_path *path)
{
	path->cause = f->visible < f->size ? RT_GUARD_CHAIN : RT_GUARD_TRUNCATED;
}

static void reference_transport(const struct reference_frame *f, struct reference_path *path, size_t at)
{
	if (reference_sees(f, at, 4))
		path->tcp = at;
	else
		reference_short(f, path);
}

static void reference_ipv4(const struct reference_frame *f, struct reference_path *path)
{
	size_t at = path->network, words;

	if (!reference_sees(f, at, 20)) {
		reference_short(f, path);
		return;
	}
	words = f->bytes[at] & 15;
	if (f->bytes[at] >> 4 != 4 || words < 5)
		path->cause = RT_GUARD_MALFORMED;
	else if (f->bytes[at + 9] != 6)
		return;
	else if (reference_number(f, at + 6, 2) % 8192)
		path->cause = RT_GUARD_FRAGMENTS;
	else
		reference_transport(f, path, at + words * 4);
}

/* The size of an extension header; 0 = it is none. */
static size_t reference_extension(unsigned int kind, unsigned int length)
{
	switch (kind) {
	case 0:  /* hop by hop */
	case 43: /* routing */
	case 60: /* destination */
		return 8 + 8 * length;
	case 44: /* fragment */
		return 8;
	case 51: /* authentication */
		return 8 + 4 * length;
	default:
		return 0;
	}
}

static void reference_ipv6(const struct reference_frame *f, struct reference_path *path)
{
	size_t at = path->network + 40, size;
	unsigned int kind;

	path->ipv6 = true;
	if (!reference_sees(f, path->network, 40)) {
		reference_short(f, path);
		return;
	}
	if (f->bytes[path->network] >> 4 != 6) {
		path->cause = RT_GUARD_MALFORMED;
		return;
	}
	kind = f->bytes[path->network + 6];
	while (reference_extension(kind, 0)) {
		if (!reference_sees(f, at, 4)) {
			reference_short(f, path);
			return;
		}
		if (kind == 44 && reference_number(f, at + 2, 2) >= 8) {
			path->cause = RT_GUARD_FRAGMENTS;
			return;
		}
		if (path->extensions++ == 8) {
			path->cause = RT_GUARD_CHAIN;
			return;
		}
		size = reference_extension(kind, f->bytes[at + 1]);
		kind = f->bytes[at];
		at += size;
	}
	if (kind == 6)
		reference_transport(f, path, at);
}

static struct reference_path reference_walk(const struct reference_frame *f)
{
	struct reference_path path = {.cause = -1};
	unsigned int type;
	size_t at = 12;

	for (;;) {
		if (!reference_sees(f, at, 2)) {
			reference_short(f, &path);
			return path;
		}
		type = reference_number(f, at, 2);
		at += 2;
		if (type != 0x8100 && type != 0x88a8)
			break;
		if (path.tags++ == 2) {
			path.cause = RT_GUARD_TAGS;
			return path;
		}
		at += 2;
	}
	path.network = at;
	if (type == 0x0800)
		reference_ipv4(f, &path);
	else if (type == 0x86dd)
		reference_ipv6(f, &path);
	return path;
}

static bool reference_covers(const struct reference_prefix *prefix, const unsigned char *address)
{
	for (unsigned int bit = 0; bit < prefix->length; bit++)
		if ((prefix->address[bit / 8] ^ address[bit / 8]) & 0x80 >> bit % 8)
			return false;
	return true;
}

static bool reference_allows(const struct reference_state *s, const unsigned char *address, bool ipv6)
{
	const struct reference_prefix *prefixes = ipv6 ? s->ipv6 : s->ipv4;

	for (size_t i = 0; i < (ipv6 ? s->ipv6_count : s->ipv4_count); i++)
		if (reference_covers(&prefixes[i], address))
			return true;
	return false;
}

static bool reference_opened(const struct reference_state *s, const struct reference_frame *f,
			     const struct reference_path *path)
{
	size_t length = path->ipv6 ? 16 : 4;
	const unsigned char *source = f->bytes + path->network + (path->ipv6 ? 8 : 12);

	for (size_t i = 0; i < s->connection_count; i++) {
		const struct reference_connection *c = &s->connections[i];

		if (c->ipv6 == path->ipv6 && !memcmp(c->far, source, length) &&
		    !memcmp(c->near, source + length, length) &&
		    c->far_port == reference_number(f, path->tcp, 2) &&
		    c->near_port == reference_number(f, path->tcp + 2, 2))
			return true;
	}
	return false;
}

/* A SYN without ACK; what is too short to show its flags is none. */
static bool reference_requests(const struct reference_frame *f, const struct reference_path *path)
{
	return reference_sees(f, path->tcp + 13, 1) && (f->bytes[path->tcp + 13] & 0x12) == 0x02;
}

static enum reference_verdict reference_odd(const struct reference_state *s, int cause,
					    struct reference_counts *counts)
{
	bool any = false, hides;

	counts->causes[cause]++;
	for (size_t port = 0; port < RT_PORTS && !any; port++)
		any = s->slots[port] != 0;
	hides = cause == RT_GUARD_CHAIN || cause == RT_GUARD_TAGS;
	return hides && any && !s->dry_run ? REFERENCE_DROP : REFERENCE_PASS;
}

/* Adds to @counts; @path is for the caller to see what kind of packet it was. */
static enum reference_verdict reference_judge(const struct reference_state *s,
					      const struct reference_frame *f, struct reference_path *path,
					      struct reference_counts *counts)
{
	struct rt_block_count *count;
	unsigned int slot;
	bool request;

	*path = reference_walk(f);
	if (path->cause >= 0)
		return reference_odd(s, path->cause, counts);
	slot = path->tcp ? s->slots[reference_number(f, path->tcp + 2, 2)] : 0;
	if (!slot)
		return REFERENCE_PASS;
	count = &counts->blocks[slot];
	request = reference_requests(f, path);
	if (reference_allows(s, f->bytes + path->network + (path->ipv6 ? 8 : 12), path->ipv6)) {
		count->allowed++;
	} else if (!request && reference_opened(s, f, path)) {
		count->replies++;
	} else if (s->dry_run) {
		count->would_drop++;
		count->would_drop_bytes += f->size;
		count->would_drop_syns += request;
	} else {
		count->packets++;
		count->bytes += f->size;
		count->syns += request;
		return REFERENCE_DROP;
	}
	return REFERENCE_PASS;
}

#endif
