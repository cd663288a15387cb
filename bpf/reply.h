/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a packet belongs to a connection that this host opened. */
#ifndef RELAYTRAP_BPF_REPLY_H
#define RELAYTRAP_BPF_REPLY_H

#include "packet.h"

static __always_inline __u32 reply_tuple(struct bpf_sock_tuple *tuple, const struct packet *p)
{
	const struct iphdr *ipv4 = p->network;
	const struct ipv6hdr *ipv6 = p->network;

	if (p->ipv6) {
		__builtin_memcpy(tuple->ipv6.saddr, &ipv6->saddr, sizeof(tuple->ipv6.saddr));
		__builtin_memcpy(tuple->ipv6.daddr, &ipv6->daddr, sizeof(tuple->ipv6.daddr));
		tuple->ipv6.sport = p->tcp->source;
		tuple->ipv6.dport = p->tcp->destination;
		return sizeof(tuple->ipv6);
	}
	tuple->ipv4.saddr = ipv4->saddr;
	tuple->ipv4.daddr = ipv4->daddr;
	tuple->ipv4.sport = p->tcp->source;
	tuple->ipv4.dport = p->tcp->destination;
	return sizeof(tuple->ipv4);
}

/*
 * An accepted connection remembers the interface that its request came in on, where sockets for datagrams keep
 * the one for multicast; nothing sets that of a stream socket otherwise. This tells the two kinds of
 * connection apart even when both have the same local port, and when nobody listens there any more.
 */
static __always_inline bool was_accepted(const struct tcp_sock *tp, bool ipv6)
{
	const struct inet_sock *inet = &tp->inet_conn.icsk_inet;

	return ipv6 ? inet->pinet6->mcast_oif : inet->mc_index;
}

/* No connection has a far end with address and port 0, so that only a listener answers to it. */
static __always_inline bool has_listener(struct xdp_md *ctx, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *sk;

	if (size == sizeof(tuple->ipv4)) {
		tuple->ipv4.saddr = 0;
		tuple->ipv4.sport = 0;
	} else {
		__builtin_memset(tuple->ipv6.saddr, 0, sizeof(tuple->ipv6.saddr));
		tuple->ipv6.sport = 0;
	}
	sk = bpf_skc_lookup_tcp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	bpf_sk_release(sk);
	return true;
}

/*
 * What is left of a connection in TIME_WAIT does not say who opened it; it takes no data any more, so that
 * letting it end in order does no harm.
 */
static __always_inline bool is_reply(struct xdp_md *ctx, const struct packet *p)
{
	struct bpf_sock_tuple tuple = {};
	__u32 size = reply_tuple(&tuple, p), state;
	struct tcp_sock *tp;
	struct bpf_sock *sk;
	bool opened = false;

	sk = bpf_skc_lookup_tcp(ctx, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	state = sk->state;
	tp = bpf_skc_to_tcp_sock(sk);
	if (tp && state != BPF_TCP_LISTEN)
		opened = !was_accepted(tp, p->ipv6);
	bpf_sk_release(sk);
	return opened || (state == BPF_TCP_TIME_WAIT && !has_listener(ctx, &tuple, size));
}

#endif
