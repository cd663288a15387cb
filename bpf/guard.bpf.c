// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: drops inbound TCP to blocked ports before the stack sees it. docs/guard.md says what becomes of
 * every kind of packet.
 *
 * Nearly all traffic ends at the port table; what comes after is ordered by cost, too.
 */
#include "reply.h"

char LICENSE[] SEC("license") = "GPL";

#define TCP_FLAGS_AT 13 /* bytes into the TCP header */
#define TCP_SYN 0x02
#define TCP_ACK 0x10

/* Map `guard`. As the program's own data, the only one in .bss, it costs no look-up. */
struct rt_guard guard;

extern int LINUX_KERNEL_VERSION __kconfig;
extern void *bpf_cast_to_kern_ctx(void *context) __ksym __weak; /* from 6.2 */

/* Asked of the kernel's own record where that can be seen: the helper is a call, and a call costs as much as a look-up. */
static __always_inline bool has_more_buffers(struct xdp_md *ctx)
{
	const struct xdp_buff *frame;

	if (LINUX_KERNEL_VERSION < KERNEL_VERSION(6, 2, 0))
		return bpf_xdp_get_buff_len(ctx) > ctx->data_end - ctx->data;
	frame = bpf_cast_to_kern_ctx(ctx);
	return frame->flags & XDP_FLAGS_HAS_FRAGS;
}

/* The bit of a near filter for one value of 16 bits. */
static __always_inline bool is_near(const __u8 *filter, __u16 value)
{
	return filter[value / 8] >> value % 8 & 1;
}

static __always_inline bool may_be_allowed(const struct packet *p)
{
	const struct iphdr *ipv4 = p->network;
	const struct ipv6hdr *ipv6 = p->network;

	if (!p->ipv6)
		return is_near(guard.near_ipv4, *(const __u16 *)&ipv4->saddr);
	return is_near(guard.near_ipv6, ipv6->saddr.in6_u.u6_addr32[0] * RT_NEAR_MULTIPLIER >> 16);
}

static __always_inline bool is_allowed(const struct packet *p)
{
	const struct iphdr *ipv4 = p->network;
	const struct ipv6hdr *ipv6 = p->network;
	struct rt_prefix_ipv4 key4 = {.length = 32};
	struct rt_prefix_ipv6 key6 = {.length = 128};

	if (!may_be_allowed(p))
		return false;
	if (p->ipv6) {
		__builtin_memcpy(key6.address, &ipv6->saddr, sizeof(key6.address));
		return bpf_map_lookup_elem(&allowed_ipv6, &key6);
	}
	__builtin_memcpy(key4.address, &ipv4->saddr, sizeof(key4.address));
	return bpf_map_lookup_elem(&allowed_ipv4, &key4);
}

/* The first packet of a connection; a fragment may be too short to tell, and is taken for none. */
static __always_inline bool is_request(const struct packet *p)
{
	const __u8 *flags = (const __u8 *)p->tcp + TCP_FLAGS_AT;

	return (const void *)(flags + 1) <= p->end && (*flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

/* What nearly no packet of a flood needs. */
static __noinline int judge_closely(struct xdp_md *ctx, const struct packet *p, __u32 slot)
{
	struct rt_block_count *count = bpf_map_lookup_elem(&block_counts, &slot);
	bool request;
	__u64 bytes;

	if (!p || !count)
		return XDP_PASS;
	if (is_allowed(p)) {
		count->allowed++;
		return XDP_PASS;
	}
	request = is_request(p);
	if (!request && is_reply(ctx, p)) {
		count->replies++;
		return XDP_PASS;
	}
	bytes = bpf_xdp_get_buff_len(ctx);
	if (guard.dry_run) {
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

static __always_inline int judge_blocked(struct xdp_md *ctx, const struct packet *p, __u32 slot)
{
	struct rt_block_count *count;

	if (unlikely(may_be_allowed(p) || !is_request(p) || guard.dry_run || has_more_buffers(ctx))) {
		struct packet copy = *p; /* which alone has to be in memory */

		return judge_closely(ctx, &copy, slot);
	}
	count = bpf_map_lookup_elem(&block_counts, &slot);
	if (!count)
		return XDP_PASS;
	count->packets++;
	count->bytes += p->end - (const void *)(long)ctx->data;
	count->syns++;
	return XDP_DROP;
}

/*
 * Headers and tags that go on and on, in number or beyond the first buffer of a large frame, could hide a blocked
 * port: the stack takes off any number of tags that name no VLAN. The rest is useless, or the stack drops it.
 */
static __noinline int judge_odd(struct xdp_md *ctx, __u32 cause)
{
	bool hides;
	__u64 *count;

	if (cause == RT_GUARD_TRUNCATED && has_more_buffers(ctx))
		cause = RT_GUARD_CHAIN;
	count = bpf_map_lookup_elem(&guard_causes, &cause);
	if (count)
		++*count;
	hides = cause == RT_GUARD_CHAIN || cause == RT_GUARD_TAGS;
	return hides && guard.blocked && !guard.dry_run ? XDP_DROP : XDP_PASS;
}

static __always_inline int judge(struct xdp_md *ctx, const struct packet *p, int kind)
{
	__u32 slot;

	if (kind == PACKET_OTHER)
		return XDP_PASS;
	if (unlikely(kind != PACKET_TCP))
		return judge_odd(ctx, kind);
	slot = guard.slots[p->tcp->destination];
	return likely(!slot) ? XDP_PASS : judge_blocked(ctx, p, slot);
}

SEC("xdp.frags")
int guard_ingress(struct xdp_md *ctx)
{
	const void *at = (const void *)(long)ctx->data;
	struct packet packet = {.end = (const void *)(long)ctx->data_end};
	int protocol = parse_link(&at, packet.end);

	if (likely(protocol == bpf_htons(ETHERTYPE_IPV4)))
		return judge(ctx, &packet, parse_ipv4(&packet, at));
	if (protocol == bpf_htons(ETHERTYPE_IPV6))
		return judge(ctx, &packet, parse_ipv6(&packet, at));
	if (protocol < 0)
		return judge_odd(ctx, RT_GUARD_TRUNCATED);
	return is_tag(protocol) ? judge_odd(ctx, RT_GUARD_TAGS) : XDP_PASS;
}
