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

#define IPV4_PLAIN 0x45 /* first byte: version 4, a header of 5 words */

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
	const void *network; /* the IPv4 or IPv6 header */
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
	__u8 first;

	p->network = ip;
	p->ipv6 = false;
	if (unlikely((const void *)(ip + 1) > p->end))
		return RT_GUARD_TRUNCATED;
	first = *(const __u8 *)at;
	if (unlikely(first != IPV4_PLAIN && (first >> 4 != 4 || first < IPV4_PLAIN)))
		return RT_GUARD_MALFORMED;
	if (ip->protocol != IPPROTO_TCP)
		return PACKET_OTHER;
	if (unlikely(ip->frag_off & bpf_htons(FRAGMENT_OFFSET_IPV4)))
		return RT_GUARD_FRAGMENTS;
	if (likely(first == IPV4_PLAIN))
		return parse_tcp(p, ip + 1);
	return parse_tcp(p, at + 4 * (first & 0xf));
}

static __always_inline bool is_extension(__u8 header)
{
	return header == IPPROTO_HOPOPTS || header == IPPROTO_ROUTING || header == IPPROTO_FRAGMENT ||
	       header == IPPROTO_DSTOPTS || header == IPPROTO_AH;
}

/* What an extension header has beyond its least size of 8. */
static __always_inline __u32 extension_excess(__u8 header, const struct extension *extension, __u32 none)
{
	if (header == IPPROTO_FRAGMENT)
		return none;
	return header == IPPROTO_AH ? 4 * extension->length : 8 * extension->length;
}

/*
 * Options of the least size are by far the usual extension header, so they are looked for first. That they are
 * is a jump on purpose: the processor foresees it, and reads the next header without waiting for the length of
 * this one.
 */
static __always_inline int parse_ipv6(struct packet *p, const void *at)
{
	const struct ipv6hdr *ip = at;
	/* 0, as no frame is that long; to the verifier it is any length, so that one way stands for all. */
	__u32 none = (p->end - at) >> 24 & 0x7fc;
	const struct extension *extension;
	__u8 header;

	p->network = ip;
	p->ipv6 = true;
	if (unlikely((const void *)(ip + 1) > p->end))
		return RT_GUARD_TRUNCATED;
	if (unlikely(ip->version != 6))
		return RT_GUARD_MALFORMED;
	header = ip->nexthdr;
	at = ip + 1;
#pragma unroll
	for (int i = 0; i <= EXTENSIONS_MAX; i++) {
		if (header == IPPROTO_TCP)
			return parse_tcp(p, at);
		extension = at;
		if (unlikely((const void *)(extension + 1) > p->end))
			return is_extension(header) ? RT_GUARD_TRUNCATED : PACKET_OTHER;
		at += 8;
		if (likely(header == IPPROTO_DSTOPTS && !extension->length)) {
			at += none;
		} else {
			if (!is_extension(header))
				return PACKET_OTHER;
			if (header == IPPROTO_FRAGMENT &&
			    extension->fragment & bpf_htons(FRAGMENT_OFFSET_IPV6))
				return RT_GUARD_FRAGMENTS;
			at += extension_excess(header, extension, none);
		}
		header = extension->next;
	}
	return RT_GUARD_CHAIN;
}

static __always_inline bool is_tag(__be16 protocol)
{
	return protocol == bpf_htons(ETHERTYPE_VLAN) || protocol == bpf_htons(ETHERTYPE_SERVICE_VLAN);
}

/* Steps over Ethernet and the tags; returns what follows at *@at, in network order; -1: the frame ends too early. */
static __always_inline int parse_link(const void **at, const void *end)
{
	const struct ethhdr *ethernet = *at;
	const struct vlan_tag *tag;
	__be16 protocol;

	if (unlikely((const void *)(ethernet + 1) > end))
		return -1;
	protocol = ethernet->h_proto;
	*at = ethernet + 1;
	if (likely(protocol == bpf_htons(ETHERTYPE_IPV4)))
		return protocol;
#pragma unroll
	for (int i = 0; i < TAGS_MAX; i++) {
		if (likely(!is_tag(protocol)))
			break;
		tag = *at;
		if ((const void *)(tag + 1) > end)
			return -1;
		protocol = tag->protocol;
		*at = tag + 1;
	}
	return protocol;
}

#endif
