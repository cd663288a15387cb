// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: drops inbound TCP to blocked ports before the stack sees it. docs/guard.md says what becomes of
 * every kind of packet.
 *
 * Nearly all traffic ends at the port table; what comes after is ordered by cost, too.
 */
#include "packet.h"

char LICENSE[] SEC("license") = "GPL";

#define TCP_FLAGS_AT 13 /* bytes into the TCP header */
#define TCP_SYN 0x02
#define TCP_ACK 0x10

/* The bit of a near filter for one value of 16 bits. */
static __always_inline bool is_near(const __u8 *filter, __u32 value)
{
	value &= 0xffff;
	return filter[value / 8] >> value % 8 & 1;
}

static __always_inline bool is_allowed_ipv4(const struct rt_guard *state, const __be32 *address)
{
	struct rt_prefix_ipv4 key = {.length = 32};

	if (likely(!is_near(state->near_ipv4, bpf_ntohl(*address) >> 16)))
		return false;
	__builtin_memcpy(key.address, address, sizeof(key.address));
	return bpf_map_lookup_elem(&allowed_ipv4, &key);
}

static __always_inline bool is_allowed_ipv6(const struct rt_guard *state, const struct in6_addr *address)
{
	struct rt_prefix_ipv6 key = {.length = 128};
	__u32 hash = bpf_ntohl(address->in6_u.u6_addr32[0]) * RT_NEAR_MULTIPLIER;

	if (likely(!is_near(state->near_ipv6, hash >> 16)))
		return false;
	__builtin_memcpy(key.address, address, sizeof(key.address));
	return bpf_map_lookup_elem(&allowed_ipv6, &key);
}

static __always_inline bool is_allowed(const struct rt_guard *state, const struct packet *p)
{
	return p->ipv6 ? is_allowed_ipv6(state, p->source) : is_allowed_ipv4(state, p->source);
}

/* The first packet of a connection; a fragment may be too short to tell, and is taken for none. */
static __always_inline bool is_request(const struct packet *p)
{
	const __u8 *flags = (const __u8 *)p->tcp + TCP_FLAGS_AT;

	return (const void *)(flags + 1) <= p->end && (*flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* The verifier of older kernels does not know the bounds of a number whose bytes were swapped. */
static __always_inline __u32 slot_of(const struct rt_guard *state, __be16 destination)
{
	__u64 port = bpf_ntohs(destination);

	asm volatile("" : "+r"(port));
	return state->slots[port & 0xffff];
}

static __always_inline int judge(struct xdp_md *ctx, const struct packet *p, const struct rt_guard *state,
				 __u32 slot)
{
	struct rt_block_count *count = bpf_map_lookup_elem(&block_counts, &slot);
	__u64 bytes = bpf_xdp_get_buff_len(ctx);
	bool request = is_request(p);

	if (!count)
		return XDP_PASS;
	if (is_allowed(state, p)) {
		count->allowed++;
		return XDP_PASS;
	}
	if (state->dry_run) {
		count->would_drop++;
		count->would_drop_bytes += bytes;
		count->would_drop_syns += request;
		return XDP_PASS;
	}
	count->packets++;
	count->bytes += bytes;
	count->syns += request;
	return XDP_DROP;
}

/* A chain of headers without end could hide a blocked port; the rest is useless, or the stack drops it. */
static __always_inline int judge_odd(const struct rt_guard *state, __u32 cause)
{
	__u64 *count = bpf_map_lookup_elem(&guard_causes, &cause);

	if (count)
		++*count;
	return cause == RT_GUARD_CHAIN && state->blocked && !state->dry_run ? XDP_DROP : XDP_PASS;
}

SEC("xdp.frags")
int guard_ingress(struct xdp_md *ctx)
{
	struct packet packet = {.end = (const void *)(long)ctx->data_end};
	int kind = packet_parse(&packet, (const void *)(long)ctx->data);
	struct rt_guard *state;
	__u32 zero = 0, slot;

	if (kind == PACKET_OTHER)
		return XDP_PASS;
	state = bpf_map_lookup_elem(&guard, &zero);
	if (!state)
		return XDP_PASS;
	if (unlikely(kind != PACKET_TCP))
		return judge_odd(state, kind);
	slot = slot_of(state, packet.tcp->destination);
	if (likely(!slot))
		return XDP_PASS;
	return judge(ctx, &packet, state, slot);
}
