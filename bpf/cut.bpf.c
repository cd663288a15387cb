// SPDX-License-Identifier: GPL-2.0
/*
 * The cut: walks the sockets of one network namespace and closes those of contained services, or, where the
 * kernel has no bpf_sock_destroy, tells which ones. What a refusal would let through stays open.
 */
#include "connection.h"
#include "refusal.h"

char LICENSE[] SEC("license") = "GPL";

extern int bpf_sock_destroy(struct sock_common *sock) __ksym __weak;

/* A candidate's datagrams go with what it has become. */
static __always_inline void follow_opener(struct connection *connection)
{
	struct rt_process *opener = connection->kind == DATAGRAM ? process_find(&connection->holder) : NULL;

	if (opener && opener->service)
		connection_assign(connection, opener->service);
}

static __always_inline bool has_to_close(struct connection *connection)
{
	struct rt_config *c = configuration();
	struct rt_containment *containment;

	settle(connection, 0);
	follow_opener(connection);
	if (connection->kind == LISTENING || connection->kind == PROVISIONAL ||
	    connection->kind == UNTRACKED || connection->kind == HOP_ACCEPTED || connection->flags & LOCAL)
		return false;
	containment = connection_root(connection) ? containment_of(connection->service) : NULL;
	return containment && !containment->dry_run && c && c->mode == RT_ENFORCE &&
	       !is_loopback(&connection->peer) && !is_wildcard(&connection->peer) &&
	       !is_allowed(&connection->peer);
}

static __always_inline void describe(struct rt_cut *cut, const struct sock *sk,
				     const struct connection *connection)
{
	cut->service = connection_root(connection);
	cut->family = sk->__sk_common.skc_family;
	cut->protocol = sk->sk_protocol;
	cut->interface = sk->__sk_common.skc_bound_dev_if;
	cut->local_port = local_port(sk);
	cut->peer_port = peer_port(sk);
	local_address(&cut->local, sk);
	peer_address(&cut->peer, sk);
}

/* Whether @sk is to be closed, and the reader has been told. */
static __always_inline bool announce(struct seq_file *seq, const struct sock *sk, bool closed)
{
	struct connection *connection = connection_of(sk);
	struct rt_cut cut = {.closed = closed};

	if (!connection || !has_to_close(connection))
		return false;
	describe(&cut, sk, connection);
	/* When the buffer is full the socket is shown again. */
	return !bpf_seq_write(seq, &cut, sizeof(cut));
}

SEC("iter/tcp")
int cut_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp;

	if (!common)
		return 0;
	tp = bpf_skc_to_tcp_sock(common);
	if (tp && announce(ctx->meta->seq, (struct sock *)tp, true))
		bpf_sock_destroy(common);
	return 0;
}

SEC("iter/udp")
int cut_udp(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;

	if (udp && announce(ctx->meta->seq, (struct sock *)udp, true))
		bpf_sock_destroy((struct sock_common *)udp);
	return 0;
}

SEC("iter/tcp")
int list_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp;

	if (!common)
		return 0;
	tp = bpf_skc_to_tcp_sock(common);
	if (tp)
		announce(ctx->meta->seq, (struct sock *)tp, false);
	return 0;
}

SEC("iter/udp")
int list_udp(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;

	if (udp)
		announce(ctx->meta->seq, (struct sock *)udp, false);
	return 0;
}
