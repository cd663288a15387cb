// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup socket hooks: TCP attempts that may never send a SYN, and UDP; here it is refused, too.
 * They run for every process, so they look for a member first.
 */
#include "connection.h"
#include "refusal.h"

char LICENSE[] SEC("license") = "GPL";

#define ALLOW 1
#define REFUSE 0 /* EPERM to the program */

/* Counted as failed; the SYN, when it goes out, takes that back (connecting()). */
static __always_inline void attempt(struct bpf_sock_addr *ctx, const struct rt_process_key *key,
				    struct rt_process *p, __u32 slot, struct rt_service *s)
{
	struct connection *connection;

	connection = bpf_sk_storage_get(&connections, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!connection) {
		lose(RT_LOST_CONNECTIONS, 1);
		return;
	}
	connection->kind = OPENED;
	connection->flags = ATTEMPTED;
	connection->holder = *key;
	connection_assign(connection, slot);
	__sync_fetch_and_add(&p->connects, 1);
	count_connect(s, bpf_ktime_get_boot_ns());
	add(s, RT_CONNECT_FAILURES, 1);
	if (is_mail_port(bpf_ntohs(ctx->user_port)))
		add(s, RT_MAIL_CONNECTS, 1);
}

/* Known to the cut; nothing counts with it. */
static __always_inline void remember_datagram(struct bpf_sock_addr *ctx, const struct rt_process_key *key,
					      __u32 slot, const struct destination *to)
{
	struct connection *connection;

	connection = bpf_sk_storage_get(&connections, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!connection) {
		lose(RT_LOST_CONNECTIONS, 1);
		return;
	}
	connection->kind = DATAGRAM;
	connection->flags = to->local ? LOCAL : 0;
	connection->holder = *key;
	connection_assign(connection, slot);
	connection->peer = to->address;
	connection->peer_port = to->port;
}

/* Whether what stops the service at @own stops this. @spends: as in has_to_stop(). */
static __always_inline bool is_refused(struct bpf_sock_addr *ctx, __u32 own, const struct destination *to,
				       bool spends)
{
	__u32 slot = service_root(own);
	struct rt_service *s = service_at(slot);
	bool tcp = ctx->type == SOCK_STREAM, dry_run = false;

	if (!s || !has_to_stop(own, slot, s, to, spends && tcp, &dry_run))
		return false;
	if (dry_run)
		add(s, RT_WOULD_REFUSE, 1);
	else
		add(s, tcp ? RT_REFUSED_CONNECTS : RT_REFUSED_SENDS, 1);
	return !dry_run;
}

/* Of who is on the account of the service at @slot. */
static __always_inline void count_outgoing(struct bpf_sock_addr *ctx, const struct rt_process_key *key,
					   struct rt_process *p, __u32 slot, const struct destination *to,
					   bool connects)
{
	struct rt_service *s = service_at(slot);

	if (!s)
		return;
	if (ctx->protocol == IPPROTO_TCP && p->service)
		attempt(ctx, key, p, slot, s);
	/* A connected IPv6 socket with a v4-mapped peer comes here with every send. */
	if (ctx->protocol == IPPROTO_UDP &&
	    (connects || ctx->user_family == ctx->sk->family || ctx->sk->state != TCP_ESTABLISHED))
		count_udp(s, slot, to);
}

/*
 * Datagrams of a hop's reader are neither refused nor kept: it may be the resolver of this host, and a client may
 * have asked for it.
 */
static __always_inline bool is_free_datagram(const struct bpf_sock_addr *ctx, const struct rt_process *p)
{
	return p->role == RT_ROLE_HOP && ctx->type != SOCK_STREAM;
}

/* A candidate is stopped with the service that it, or who forked it, listens for. */
static __always_inline int outgoing(struct bpf_sock_addr *ctx, struct destination *to, bool connects)
{
	struct rt_process_key key;
	struct rt_process *p;
	__u32 served, account;

	p = process_acting(&key, bpf_get_current_task_btf());
	if (!p)
		return ALLOW;
	served = process_serves(p);
	account = served ? served : p->origin;
	to->port = bpf_ntohs(ctx->user_port);
	to->local = is_loopback(&to->address) || is_wildcard(&to->address);
	if (!is_free_datagram(ctx, p)) {
		if (is_refused(ctx, account, to, true) || (!served && is_refused(ctx, p->listens, to, false)))
			return REFUSE;
		if (ctx->protocol == IPPROTO_UDP && connects)
			remember_datagram(ctx, &key, service_root(account ? account : p->listens), to);
	}
	count_outgoing(ctx, &key, p, service_root(account), to, connects);
	return ALLOW;
}

static __always_inline int outgoing_ipv4(struct bpf_sock_addr *ctx, bool connects)
{
	struct destination to = {};

	address_from_ipv4(&to.address, ctx->user_ip4);
	return outgoing(ctx, &to, connects);
}

static __always_inline int outgoing_ipv6(struct bpf_sock_addr *ctx, bool connects)
{
	struct destination to = {};
	__u32 *words = (void *)&to.address;

	words[0] = ctx->user_ip6[0];
	words[1] = ctx->user_ip6[1];
	words[2] = ctx->user_ip6[2];
	words[3] = ctx->user_ip6[3];
	return outgoing(ctx, &to, connects);
}

SEC("cgroup/connect4")
int connect_ipv4(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv4(ctx, true);
}

SEC("cgroup/connect6")
int connect_ipv6(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv6(ctx, true);
}

SEC("cgroup/sendmsg4")
int send_ipv4(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv4(ctx, false);
}

SEC("cgroup/sendmsg6")
int send_ipv6(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv6(ctx, false);
}
