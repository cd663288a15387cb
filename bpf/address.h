/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses and ports: of sockets, and what kind they are. */
#ifndef RELAYTRAP_BPF_ADDRESS_H
#define RELAYTRAP_BPF_ADDRESS_H

#include "maps.h"

#define AF_INET 2
#define AF_INET6 10
#define IFF_LOOPBACK 0x8

static __always_inline void address_from_ipv4(struct rt_address *to, __be32 ipv4)
{
	__builtin_memset(to, 0, 10);
	to->bytes[10] = 0xff;
	to->bytes[11] = 0xff;
	__builtin_memcpy(&to->bytes[12], &ipv4, sizeof(ipv4));
}

static __always_inline void address_from_ipv6(struct rt_address *to, const struct in6_addr *ipv6)
{
	__builtin_memcpy(to, ipv6, sizeof(*to));
}

static __always_inline void local_address(struct rt_address *to, const struct sock *sk)
{
	if (sk->__sk_common.skc_family == AF_INET6)
		address_from_ipv6(to, &sk->__sk_common.skc_v6_rcv_saddr);
	else
		address_from_ipv4(to, sk->__sk_common.skc_rcv_saddr);
}

static __always_inline void peer_address(struct rt_address *to, const struct sock *sk)
{
	if (sk->__sk_common.skc_family == AF_INET6)
		address_from_ipv6(to, &sk->__sk_common.skc_v6_daddr);
	else
		address_from_ipv4(to, sk->__sk_common.skc_daddr);
}

static __always_inline __u16 local_port(const struct sock *sk)
{
	return sk->__sk_common.skc_num;
}

/* skc_num is 0 once a socket is closed, inet_sport is not. */
static __always_inline __u16 closed_local_port(const struct sock *sk)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock((void *)sk);

	return tp ? bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport) : 0;
}

static __always_inline __u16 peer_port(const struct sock *sk)
{
	return bpf_ntohs(sk->__sk_common.skc_dport);
}

static __always_inline __u32 socket_netns(const struct sock *sk)
{
	return sk->__sk_common.skc_net.net->ns.inum;
}

static __always_inline bool is_ipv4(const struct rt_address *a)
{
	const __u32 *words = (const void *)a;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

static __always_inline bool same_address(const struct rt_address *a, const struct rt_address *b)
{
	const __u64 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1];
}

static __always_inline bool is_loopback(const struct rt_address *a)
{
	const __u64 *words = (const void *)a;

	if (is_ipv4(a))
		return a->bytes[12] == 127;
	return !words[0] && words[1] == bpf_cpu_to_be64(1);
}

/* 0.0.0.0 and :: alike: a wildcard listener, or a destination that means this host. */
static __always_inline bool is_wildcard(const struct rt_address *a)
{
	const __u64 *words = (const void *)a;
	const __u32 *halves = (const void *)a;

	return !words[0] && (!words[1] || (is_ipv4(a) && !halves[3]));
}

/*
 * Whether the far end is this host. The kernel takes the destination itself as source address
 * when it is local, and has the route through loopback once the route is known.
 */
static __always_inline bool peer_is_local(const struct sock *sk, const struct rt_address *peer)
{
	struct rt_address own;
	struct dst_entry *route;

	local_address(&own, sk);
	if (is_loopback(peer) || is_wildcard(peer) || same_address(&own, peer))
		return true;
	route = sk->sk_dst_cache;
	return route && route->dev->flags & IFF_LOOPBACK;
}

/* RFC 1918, 6598, 3927; RFC 4193, 4291 link-local. */
static __always_inline bool is_private(const struct rt_address *a)
{
	__u8 first = a->bytes[12], second = a->bytes[13];

	if (!is_ipv4(a))
		return (a->bytes[0] & 0xfe) == 0xfc || (a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80);
	return first == 10 || (first == 172 && (second & 0xf0) == 16) || (first == 192 && second == 168) ||
	       (first == 100 && (second & 0xc0) == 64) || (first == 169 && second == 254);
}

static __always_inline bool is_mail_port(__u16 port)
{
	return port == 25 || port == 465 || port == 587;
}

/* Whether the allow-list has it. */
static __always_inline bool is_allowed(const struct rt_address *a)
{
	struct rt_prefix_ipv4 ipv4 = {.length = 32};
	struct rt_prefix_ipv6 ipv6 = {.length = 128};

	if (is_ipv4(a)) {
		__builtin_memcpy(ipv4.address, &a->bytes[12], sizeof(ipv4.address));
		return bpf_map_lookup_elem(&allowed_ipv4, &ipv4);
	}
	__builtin_memcpy(ipv6.address, a->bytes, sizeof(ipv6.address));
	return bpf_map_lookup_elem(&allowed_ipv6, &ipv6);
}

static __always_inline bool is_watched(const struct rt_config *c, __u16 port)
{
	__u32 byte = port / 8;

	barrier_var(byte); /* keeps the bound below, which older verifiers do not know */
	return c->watched[byte % sizeof(c->watched)] & (1 << (port % 8));
}

#endif
