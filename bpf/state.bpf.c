// SPDX-License-Identifier: GPL-2.0
/*
 * TCP state changes: listeners, accepts, connects, closes.
 * `current` is the acting process at LISTEN and SYN_SENT only; elsewhere it is whoever was interrupted.
 */
#include "endpoint.h"
#include "hop.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * A process that listens itself may come to serve its own endpoint, whoever started it. Until it reads there, it goes
 * on the account of its origin.
 */
static __always_inline void listening(const struct sock *sk)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct rt_endpoint *e = endpoint_listen(sk);
	struct rt_process_key key;
	struct rt_process *p;

	if (!e || !is_trackable(task))
		return;
	process_key(&key, task);
	e->owner = key;
	p = process_track(&key, task);
	if (p)
		process_listens(p, e->service);
	if (p && p->role == RT_ROLE_DESCENDANT) {
		p->origin = p->service;
		p->service = 0;
		p->role = RT_ROLE_CANDIDATE;
	}
}

/* No hook tells who reads an MPTCP connection, so the first guess has to do: the listener's owner. */
static __always_inline void guess_reader(const struct sock *sk, const struct rt_process_key *owner,
					 __u32 slot)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock((void *)sk);
	struct rt_process_key key = *owner;
	struct rt_process *p;

	if (!tp || !bpf_core_field_exists(tp->is_mptcp) || !tp->is_mptcp)
		return;
	p = process_find(&key);
	if (p)
		process_join(&key, p, slot, RT_ROLE_DESCENDANT);
}

static __always_inline void accepted(const struct sock *sk)
{
	__u16 port = local_port(sk);
	struct connection *connection;
	struct rt_endpoint_key key;
	struct rt_endpoint *e;
	struct rt_service *s;
	__u32 slot;

	if (!endpoint_watched(sk, port)) {
		accept_hop(sk);
		return;
	}
	endpoint_key(&key, sk, port);
	e = endpoint_find(&key);
	if (!e)
		e = endpoint_create(&key);
	if (!e)
		return;
	slot = service_root(e->service);
	s = service_at(slot);
	connection = s ? connection_create(sk, ACCEPTED) : NULL;
	if (!connection)
		return;
	connection_describe(connection, sk, slot, &e->owner);
	count_accept(s, slot, &connection->peer);
	guess_reader(sk, &e->owner, slot);
}

/* What the cgroup hook counted as failed has sent its SYN; where to is known for good only now. */
static __always_inline void attempt_succeeds(struct connection *connection)
{
	__u32 slot = connection_root(connection);
	struct rt_service *s = service_at(slot);

	connection->flags &= ~ATTEMPTED;
	if (!s)
		return;
	add(s, RT_CONNECT_FAILURES, -1);
	if (is_mail_port(connection->peer_port))
		add(s, RT_MAIL_CONNECTS, -1);
	count_opened_destination(connection, slot, s);
}

/* SYN_SENT: the destination is known, the local port is not yet. */
static __always_inline void connecting(const struct sock *sk)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct connection *connection;
	struct rt_process_key key;
	struct rt_process *p;

	p = process_acting(&key, task);
	if (!p || !is_trackable(task) || process_serves(p) != p->service)
		return;
	connection = connection_of(sk);
	if (connection && !(connection->flags & ATTEMPTED))
		return; /* counted by the programs that these replace just now */
	connection = connection_create(sk, p->service ? OPENED : PROVISIONAL);
	if (!connection)
		return;
	connection_describe(connection, sk, service_root(p->service), &key);
	if (peer_is_local(sk, &connection->peer))
		connection->flags |= LOCAL;
	if (connection->kind == PROVISIONAL) {
		keep_provisional(connection);
	} else if (connection->flags & ATTEMPTED) {
		attempt_succeeds(connection);
	} else {
		__sync_fetch_and_add(&p->connects, 1);
		count_opened(connection, bpf_ktime_get_boot_ns());
	}
}

static __always_inline void stopped_listening(const struct sock *sk)
{
	struct rt_endpoint_key key;
	struct rt_endpoint *e;

	endpoint_key(&key, sk, closed_local_port(sk));
	e = bpf_map_lookup_elem(&endpoints, &key);
	if (e)
		__sync_fetch_and_add(&e->listeners, -1);
}

/* Nobody has read it, so the owner of the listener is the best guess at who accepted it. */
static __always_inline void closed_accepted(struct connection *connection, struct rt_service *s)
{
	struct rt_process *owner;

	count_open(s, -1);
	s->last_close = bpf_ktime_get_boot_ns();
	if (connection->flags & READ)
		return;
	owner = process_find(&connection->holder);
	if (owner)
		__sync_fetch_and_add(&owner->accepts, 1);
}

static __always_inline void closed_opened(struct connection *connection, struct rt_service *s, int before)
{
	if (before == TCP_SYN_SENT)
		add(s, RT_CONNECT_FAILURES, 1);
}

static __always_inline void closed_provisional(struct connection *connection, int before)
{
	struct provisional_connect *entry = provisional_entry(connection);

	if (entry && before == TCP_SYN_SENT)
		entry->failed = 1;
}

/* The service that a provisional connection falls to, as its opener has read nothing from a client by its end. */
static __always_inline __u32 origin_of(const struct connection *connection)
{
	struct rt_process *opener = connection->kind == PROVISIONAL ? process_find(&connection->holder)
								    : NULL;

	return opener ? service_root(opener->origin) : 0;
}

static __always_inline void closed(const struct sock *sk, int before)
{
	struct connection *connection = connection_of(sk);
	struct rt_service *s;

	if (!connection)
		return;
	settle(connection, origin_of(connection));
	let_go_of_reader(connection);
	s = service_at(connection_root(connection));
	if (connection->kind == LISTENING) {
		stopped_listening(sk);
	} else if (connection->kind == PROVISIONAL) {
		closed_provisional(connection, before);
	} else if (s && (connection->kind == ACCEPTED || connection->kind == OPENED)) {
		count_bytes((void *)sk, connection);
		if (connection->kind == ACCEPTED)
			closed_accepted(connection, s);
		else
			closed_opened(connection, s, before);
	}
	if (connection->flags & PROMISED)
		forget_hop(sk);
	bpf_sk_storage_delete(&connections, (void *)sk);
}

static __always_inline void established(const struct sock *sk, int before)
{
	struct connection *connection = connection_of(sk);

	if (connection)
		promise_hop(sk, connection);
	else if (before == TCP_SYN_RECV)
		accepted(sk);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_changed, const struct sock *sk, const int before, const int after)
{
	if (sk->sk_protocol != IPPROTO_TCP || stands_aside())
		return 0;
	if (after == TCP_SYN_SENT)
		connecting(sk);
	else if (after == TCP_ESTABLISHED)
		established(sk, before);
	else if (after == TCP_CLOSE)
		closed(sk, before);
	else if (after == TCP_LISTEN)
		listening(sk);
	else if (after == TCP_SYN_RECV && before == TCP_SYN_SENT && !connection_of(sk))
		connection_create(sk, UNTRACKED); /* both ends connect: no accept will follow */
	return 0;
}
