/* SPDX-License-Identifier: GPL-2.0 */
/* Outgoing connections: counted for a member, kept provisionally for a candidate. */
#ifndef RELAYTRAP_BPF_CONNECTION_H
#define RELAYTRAP_BPF_CONNECTION_H

#include "process.h"

static const struct provisional nothing_provisional;

static __always_inline struct connection *connection_of(const struct sock *sk)
{
	return bpf_sk_storage_get(&connections, (void *)sk, 0, 0);
}

static __always_inline struct connection *connection_create(const struct sock *sk, __u8 kind)
{
	struct connection *connection =
		bpf_sk_storage_get(&connections, (void *)sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!connection)
		lose(RT_LOST_CONNECTIONS, 1);
	else
		connection->kind = kind;
	return connection;
}

static __always_inline void connection_describe(struct connection *connection, const struct sock *sk,
						__u32 slot, const struct rt_process_key *holder)
{
	connection->holder = *holder;
	connection_assign(connection, slot);
	connection->peer_port = peer_port(sk);
	peer_address(&connection->peer, sk);
}

static __always_inline struct provisional *provisional_of(const struct rt_process_key *key)
{
	struct provisional *held = bpf_map_lookup_elem(&provisionals, key);

	if (held)
		return held;
	bpf_map_update_elem(&provisionals, key, &nothing_provisional, BPF_NOEXIST);
	return bpf_map_lookup_elem(&provisionals, key);
}

/* The ring's entry for @connection, NULL when it is gone or overwritten. */
static __always_inline struct provisional_connect *provisional_entry(const struct connection *connection)
{
	struct provisional *held = bpf_map_lookup_elem(&provisionals, &connection->holder);

	if (!held || held->total - connection->sequence > PROVISIONAL_KEPT)
		return NULL;
	return &held->kept[connection->sequence % PROVISIONAL_KEPT];
}

SUBPROGRAM int keep_provisional(struct connection *connection)
{
	struct provisional_connect *entry;
	struct rt_process_key opener;
	struct provisional *held;

	if (!connection)
		return 0;
	opener = connection->holder;
	held = provisional_of(&opener);
	if (!held) {
		lose(RT_LOST_PROVISIONAL, 1);
		return 0;
	}
	connection->sequence = __sync_fetch_and_add(&held->total, 1);
	entry = &held->kept[connection->sequence % PROVISIONAL_KEPT];
	entry->address = connection->peer;
	entry->at = bpf_ktime_get_boot_ns();
	entry->port = connection->peer_port;
	entry->local = connection->flags & LOCAL;
	entry->failed = 0;
	entry->taken = 0;
	return 0;
}

static __always_inline void count_opened_destination(const struct connection *connection, __u32 slot,
						     struct rt_service *s)
{
	struct destination to = {
		.address = connection->peer,
		.port = connection->peer_port,
		.local = !!(connection->flags & LOCAL),
	};

	count_destination(s, slot, &to);
}

static __always_inline void count_opened(struct connection *connection, __u64 at)
{
	__u32 slot = connection_root(connection);
	struct rt_service *s = service_at(slot);

	if (!s)
		return;
	count_connect(s, at);
	count_opened_destination(connection, slot, s);
}

/*
 * A provisional connection whose opener has become a member was counted when that happened; one
 * that a member of @slot reads (0: nobody does) is counted now. Leaves other kinds alone.
 */
static __always_inline void settle(struct connection *connection, __u32 slot)
{
	struct rt_process *opener;
	struct provisional_connect *entry;

	if (connection->kind != PROVISIONAL)
		return;
	opener = process_find(&connection->holder);
	if (opener && opener->service) {
		connection_assign(connection, service_root(opener->service));
		connection->kind = OPENED;
		return;
	}
	if (!slot)
		return;
	entry = provisional_entry(connection);
	if (entry)
		entry->taken = 1;
	connection_assign(connection, slot);
	connection->kind = OPENED;
	count_opened(connection, entry ? entry->at : bpf_ktime_get_boot_ns());
	if (opener)
		__sync_fetch_and_add(&opener->connects, 1);
}

#endif
