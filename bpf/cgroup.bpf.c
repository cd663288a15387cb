// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup socket hooks: TCP attempts that may never send a SYN, and UDP.
 * All of them allow; they run for every process, so they look for a member first.
 */
#include "connection.h"

char LICENSE[] SEC("license") = "GPL";

#define ALLOW 1

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
	connection->service = slot;
	__sync_fetch_and_add(&p->connects, 1);
	count_connect(s, bpf_ktime_get_boot_ns());
	add(s, RT_CONNECT_FAILURES, 1);
	if (is_mail_port(bpf_ntohs(ctx->user_port)))
		add(s, RT_MAIL_CONNECTS, 1);
}

static __always_inline int outgoing(struct bpf_sock_addr *ctx, struct destination *to)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct rt_process_key key;
	struct rt_process *p;
	struct rt_service *s;
	__u32 slot;

	process_key(&key, task);
	p = process_find(&key);
	if (!p || !p->service)
		return ALLOW;
	slot = service_root(p->service);
	s = service_at(slot);
	if (!s)
		return ALLOW;
	if (ctx->protocol == IPPROTO_TCP) {
		attempt(ctx, &key, p, slot, s);
	} else if (ctx->protocol == IPPROTO_UDP) {
		to->port = bpf_ntohs(ctx->user_port);
		to->local = is_loopback(&to->address) || is_wildcard(&to->address);
		count_udp(s, slot, to);
	}
	return ALLOW;
}

static __always_inline int outgoing_ipv4(struct bpf_sock_addr *ctx)
{
	struct destination to = {};

	address_from_ipv4(&to.address, ctx->user_ip4);
	return outgoing(ctx, &to);
}

static __always_inline int outgoing_ipv6(struct bpf_sock_addr *ctx)
{
	struct destination to = {};
	__u32 *words = (void *)&to.address;

	words[0] = ctx->user_ip6[0];
	words[1] = ctx->user_ip6[1];
	words[2] = ctx->user_ip6[2];
	words[3] = ctx->user_ip6[3];
	return outgoing(ctx, &to);
}

SEC("cgroup/connect4")
int connect_ipv4(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv4(ctx);
}

SEC("cgroup/connect6")
int connect_ipv6(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv6(ctx);
}

/* A connected IPv6 socket with a v4-mapped peer comes here with every send; its connect was counted. */
SEC("cgroup/sendmsg4")
int send_ipv4(struct bpf_sock_addr *ctx)
{
	if (ctx->sk->family == AF_INET6 && ctx->sk->state == TCP_ESTABLISHED)
		return ALLOW;
	return outgoing_ipv4(ctx);
}

SEC("cgroup/sendmsg6")
int send_ipv6(struct bpf_sock_addr *ctx)
{
	return outgoing_ipv6(ctx);
}
