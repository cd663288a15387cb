// SPDX-License-Identifier: GPL-2.0
/*
 * What was there before the hooks, in five walks run in this order after attaching:
 * listeners and who holds them; descendants of those; accepted connections; opened ones; hops.
 * Sockets that already have state are left alone.
 */
#include "endpoint.h"
#include "hop.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline struct sock *tcp_socket(struct file *file)
{
	struct socket *socket = bpf_sock_from_file(file);
	struct sock *sk;

	if (!socket)
		return NULL;
	sk = socket->sk;
	if (!sk || sk->sk_protocol != IPPROTO_TCP)
		return NULL;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return NULL;
	return sk;
}

/* The TCP connection that @file is, unless it has ended or is known already. */
static __always_inline struct sock *unknown_connection(struct file *file)
{
	struct sock *sk = tcp_socket(file);
	__u8 state;

	if (!sk)
		return NULL;
	state = sk->__sk_common.skc_state;
	if (state == TCP_CLOSE || state == TCP_LISTEN || state == TCP_TIME_WAIT || connection_of(sk))
		return NULL;
	return sk;
}

SEC("iter/task_file")
int seed_listeners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct rt_process_key owner;
	struct rt_endpoint *e;
	struct rt_process *p;
	struct sock *sk;

	if (!task || !file)
		return 0;
	sk = tcp_socket(file);
	if (!sk || sk->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	e = endpoint_listen(sk);
	if (!e)
		return 0;
	if (!is_trackable(task))
		return 0;
	process_key(&owner, task);
	if (!e->owner.tgid)
		e->owner = owner;
	p = process_track(&owner, task);
	if (p)
		process_listens(p, e->service);
	return 0;
}

SEC("iter/task")
int seed_descendants(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct rt_process_key key, above;
	struct rt_process *p, *q;

	if (!task || task->pid != task->tgid || !is_trackable(task))
		return 0;
	process_key(&key, task);
	q = nearest_ancestor(&above, task);
	if (!q)
		return 0;
	p = process_track(&key, task);
	if (!p || p->service || p->parent.tgid)
		return 0;
	p->parent = above;
	if (!p->listens)
		p->listens = q->listens;
	__sync_fetch_and_add(&q->children, 1);
	return 0;
}

/* Accepted are those whose local end is an endpoint; who holds one is taken for who reads it. */
SEC("iter/task_file")
int seed_accepted(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct connection *connection;
	struct rt_endpoint_key key;
	struct rt_process_key holder;
	struct rt_endpoint *e;
	struct rt_process *p;
	struct rt_service *s;
	struct sock *sk;
	__u32 slot;

	if (!task || !file)
		return 0;
	sk = unknown_connection(file);
	if (!sk || !is_trackable(task))
		return 0;
	endpoint_key(&key, sk, local_port(sk));
	e = endpoint_find(&key);
	if (!e || !e->listeners)
		return 0;
	slot = service_root(e->service);
	s = service_at(slot);
	connection = s ? connection_create(sk, ACCEPTED) : NULL;
	if (!connection)
		return 0;
	process_key(&holder, task);
	connection_describe(connection, sk, slot, &holder);
	connection->flags = READ;
	count_accept(s, slot, &connection->peer);
	p = process_track(&holder, task);
	if (!p)
		return 0;
	__sync_fetch_and_add(&p->accepts, 1);
	process_join(&holder, p, slot, RT_ROLE_DESCENDANT);
	return 0;
}

SEC("iter/task_file")
int seed_opened(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct connection *connection;
	struct rt_process_key holder;
	struct rt_process *p;
	struct sock *sk;

	if (!task || !file)
		return 0;
	process_key(&holder, task);
	p = process_find(&holder);
	if (!p || process_serves(p) != p->service)
		return 0;
	sk = unknown_connection(file);
	if (!sk)
		return 0;
	connection = connection_create(sk, p->service ? OPENED : PROVISIONAL);
	if (!connection)
		return 0;
	connection_describe(connection, sk, service_root(p->service), &holder);
	if (peer_is_local(sk, &connection->peer))
		connection->flags |= LOCAL;
	if (connection->kind == PROVISIONAL) {
		keep_provisional(connection);
	} else {
		__sync_fetch_and_add(&p->connects, 1);
		count_opened(connection, bpf_ktime_get_boot_ns());
	}
	promise_hop(sk, connection);
	return 0;
}

SEC("iter/task_file")
int seed_hops(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct sock *sk = file ? unknown_connection(file) : NULL;

	if (sk)
		accept_hop(sk);
	return 0;
}
