// SPDX-License-Identifier: GPL-2.0
/* Reading: who reads an accepted connection acts for its service. */
#include "hop.h"
#include "refusal.h"

char LICENSE[] SEC("license") = "GPL";

/* There is no room for who reads: who has started it, and listens for the service, becomes a member in its place. */
static __always_inline void join_ancestor(const struct task_struct *task, __u32 slot)
{
	struct rt_process_key key;
	struct rt_process *p = nearest_ancestor(&key, task);

	if (p && service_root(p->listens) == slot)
		process_join(&key, p, slot, RT_ROLE_DESCENDANT);
}

static __always_inline void read_accepted(struct connection *connection, const struct rt_process_key *key,
					  const struct task_struct *task)
{
	__u32 slot = connection_root(connection);
	struct rt_process *p = slot ? process_track(key, task) : NULL;

	if (!p) {
		join_ancestor(task, slot);
		return;
	}
	process_join(key, p, slot, RT_ROLE_READER);
	if (!(connection->flags & READ)) {
		process_describe(p, task);
		__sync_fetch_and_add(&p->accepts, 1);
	}
	connection->holder = *key;
	connection->flags |= READ;
}

/*
 * The far end of a member's connection: its reader serves the same service as long as it is open, if it serves none
 * yet. One that descends from who listens belongs there anyway. What is contained wins nobody else.
 */
static __always_inline void join_by_hop(struct connection *connection, const struct rt_process_key *key,
					const struct task_struct *task)
{
	__u32 slot = connection_root(connection);
	struct rt_process *p = process_find(key);

	if (!slot || (!(p && service_root(p->service) == slot) && containment_of(slot)))
		return;
	p = process_track(key, task);
	if (!p)
		return;
	process_join(key, p, slot, service_root(p->listens) == slot ? RT_ROLE_DESCENDANT : RT_ROLE_HOP);
	let_go_of_reader(connection);
	if (service_root(p->service) == slot)
		hold_by_hop(connection, p);
	connection->holder = *key;
	connection->flags |= READ;
}

static __always_inline void read_hop(struct connection *connection, const struct rt_process_key *key,
				     const struct task_struct *task)
{
	struct rt_process *opener;

	if (!connection->service) {
		opener = process_find(&connection->holder);
		if (!opener || !opener->service)
			return;
		connection_assign(connection, opener->service);
	}
	join_by_hop(connection, key, task);
}

static __always_inline void read_provisional(struct connection *connection, const struct rt_process_key *key)
{
	struct rt_process *p = process_find(key);

	settle(connection, p ? service_root(p->service) : 0);
}

/* Whether one process reads both sides is asked once, at the first read. */
static __always_inline void read_opened(struct connection *connection, const struct rt_process_key *key)
{
	struct rt_process *p = process_find(key);
	struct rt_service *s = service_at(connection_root(connection));

	connection->flags |= READ;
	if (p && s && (p->role >= RT_ROLE_HOP || p->hops) && !(connection->flags & LOCAL))
		add(s, RT_BOTH_SIDES, 1);
}

static __always_inline void read_by(struct connection *connection, const struct rt_process_key *key,
				    const struct task_struct *task)
{
	bool known = connection->flags & READ;
	bool same = same_process(&connection->holder, key);

	if (connection->kind == PROVISIONAL)
		read_provisional(connection, key);
	if (connection->kind == ACCEPTED && !(known && same))
		read_accepted(connection, key, task);
	else if (connection->kind == HOP_ACCEPTED && !(known && same))
		read_hop(connection, key, task);
	else if (connection->kind == OPENED && !known)
		read_opened(connection, key);
}

SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(data_read, struct sock *sk)
{
	struct connection *connection = connection_of(sk);
	struct task_struct *task;
	struct rt_process_key key;

	/* In softirq (kTLS, sockmap) nobody owns the socket, and the current process is a bystander. */
	if (!connection || !sk->sk_lock.owned || stands_aside())
		return 0;
	task = bpf_get_current_task_btf();
	if (is_trackable(task)) {
		process_key(&key, task);
		read_by(connection, &key, task);
	}
	if (connection->kind == ACCEPTED || connection->kind == OPENED)
		count_bytes(sk, connection);
	return 0;
}
