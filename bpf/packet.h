/* SPDX-License-Identifier: GPL-2.0 */
/* From a frame to its TCP ports: Ethernet, VLAN tags, IPv4 and IPv6 with extension headers. */
#ifndef RELAYTRAP_BPF_PACKET_H
#define RELAYTRAP_BPF_PACKET_H

#include "maps.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100         /* 802.1Q */
#define ETHERTYPE_SERVICE_VLAN 0x88a8 /* 802.1ad */

/* Macros in the kernel's headers, so that its type information lacks them. */
#define IPPROTO_HOPOPTS 0
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_DSTOPTS 60

#define FRAGMENT_OFFSET_IPV4 0x1fff
#define FRAGMENT_OFFSET_IPV6 0xfff8

#define TAGS_MAX 2
#define EXTENSIONS_MAX 8

#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* What a frame turned out to be: one of these, or an enum rt_guard_cause. */
enum packet_kind {
	PACKET_TCP = RT_GUARD_CAUSES, /* its ports are in view */
	PACKET_OTHER,
};

struct vlan_tag {
	__be16 control;
	__be16 protocol; /* of what follows */
};

/* How every extension header begins. */
struct extension {
	__u8 next;
	__u8 length; /* without its first 8 bytes, in units of 8 bytes, of an authentication header 4; no fragment has it */
	__be16 fragment; /* of a fragment header: offset, flags */
};

/* A first fragment need not hold more of the TCP header. */
struct tcp_ports {
	__be16 source;
	__be16 destination;
};

struct packet {
	const void *end; /* of the packet's first buffer */
	const struct tcp_ports *tcp;
	const void *source; /* its address */
	bool ipv6;
};

static __always_inline int parse_tcp(struct packet *p, const void *at)
{
	p->tcp = at;
	return unlikely((const void *)(p->tcp + 1) > p->end) ? RT_GUARD_TRUNCATED : PACKET_TCP;
}

static __always_inline int parse_ipv4(struct packet *p, const void *at)
{
	const struct iphdr *ip = at;

	p->source = &ip->saddr;
	p->ipv6 = false;
	if (unlikely((const void *)(ip + 1) > p->end))
		return RT_GUARD_TRUNCATED;
	if (unlikely(ip->version != 4 || ip->ihl < 5))
		return RT_GUARD_MALFORMED;
	if (ip->protocol != IPPROTO_TCP)
		return PACKET_OTHER;
	if (unlikely(ip->frag_off & bpf_htons(FRAGMENT_OFFSET_IPV4)))
		return RT_GUARD_FRAGMENTS;
	return parse_tcp(p, at + 4 * ip->ihl);
}

static __always_inline bool is_extension(__u8 header)
{
	return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_FRAGMENT ||
	       header == IPPROTO_DSTOPTS || header == IPPROTO_AH;
}

static __always_inline int parse_ipv6(struct packet *p, const void *at)
{
	const struct extension *extension;
	const struct ipv6hdr *ip = at;
	__u8 header;

	p->source = &ip->saddr;
	p->ipv6 = true;
	if (unlikely((const void *)(ip + 1) > p->end))
		return RT_GUARD_TRUNCATED;
	if (unlikely(ip->version != 6))
		return RT_GUARD_MALFORMED;
	header = ip->nexthdr;
	at = ip + 1;
	for (int i = 0; i <= EXTENSIONS_MAX; i++) {
		if (header == IPPROTO_TCP)
			return parse_tcp(p, at);
		if (!is_extension(header))
			return PACKET_OTHER;
		extension = at;
		if ((const void *)(extension + 1) > p->end)
			return RT_GUARD_TRUNCATED;
		if (header == IPPROTO_FRAGMENT) {
			if (extension->fragment & bpf_htons(FRAGMENT_OFFSET_IPV6))
				return RT_GUARD_FRAGMENTS;
			at += 8;
		} else if (header == IPPROTO_AH) {
			at += 4 * (extension->length + 2);
		} else {
			at += 8 * (extension->length + 1);
		}
		header = extension->next;
	}
	return RT_GUARD_CHAIN;
}

static __always_inline bool is_tag(__be16 protocol)
{
	return protocol == bpf_htons(ETHERTYPE_VLAN) || protocol == bpf_htons(ETHERTYPE_SERVICE_VLAN);
}

/* Fills @p as far as the answer says that there is something; @p->end is set by the caller. */
static __always_inline int packet_parse(struct packet *p, const void *at)
{
	const struct ethhdr *ethernet = at;
	const struct vlan_tag *tag;
	__be16 protocol;

	if (unlikely((const void *)(ethernet + 1) > p->end))
		return RT_GUARD_TRUNCATED;
	protocol = ethernet->h_proto;
	at = ethernet + 1;
#pragma unroll
	for (int i = 0; i < TAGS_MAX; i++) {
		if (likely(!is_tag(protocol)))
			break;
		tag = at;
		if ((const void *)(tag + 1) > p->end)
			return RT_GUARD_TRUNCATED;
		protocol = tag->protocol;
		at = tag + 1;
	}
	if (likely(protocol == bpf_htons(ETHERTYPE_IPV4)))
		return parse_ipv4(p, at);
	if (protocol == bpf_htons(ETHERTYPE_IPV6))
		return parse_ipv6(p, at);
	return is_tag(protocol) ? RT_GUARD_TAGS : PACKET_OTHER;
}

#endif
