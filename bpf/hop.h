/* SPDX-License-Identifier: GPL-2.0 */
/* Hops: connections that a member makes to a listener on this host, and the reader at their other end. */
#ifndef RELAYTRAP_BPF_HOP_H
#define RELAYTRAP_BPF_HOP_H

#include "connection.h"

/* The key by which the accepting end will be found; @port is the opener's local one. */
static __always_inline void hop_key_of_opener(struct hop_key *key, const struct sock *sk, __u16 port)
{
	local_address(&key->peer, sk);
	peer_address(&key->local, sk);
	key->netns = socket_netns(sk);
	key->local_port = peer_port(sk);
	key->peer_port = port;
}

/*
 * The route tells of an address of this host that was not known for one when the SYN went out: a
 * secondary address, or a source that was chosen. It stays in the fan-out, once.
 */
static __always_inline void notice_local(struct connection *connection)
{
	struct provisional_connect *entry;
	struct rt_service *s;

	if (connection->flags & LOCAL)
		return;
	connection->flags |= LOCAL;
	if (connection->kind == PROVISIONAL) {
		entry = provisional_entry(connection);
		if (entry)
			entry->local = 1;
		return;
	}
	s = service_at(connection_root(connection));
	if (s)
		add(s, RT_HOPS, 1);
}

/* An outgoing connection stands; on this host, whoever reads its other end joins. */
static __always_inline void promise_hop(const struct sock *sk, struct connection *connection)
{
	struct hop_key key = {};
	struct hop hop = {};

	settle(connection, 0);
	if (connection->kind != OPENED && connection->kind != PROVISIONAL)
		return;
	if (!peer_is_local(sk, &connection->peer))
		return;
	notice_local(connection);
	hop_key_of_opener(&key, sk, local_port(sk));
	hop.opener = connection->holder;
	hop.birth = connection->birth;
	hop.service = connection->service;
	if (bpf_map_update_elem(&hops, &key, &hop, BPF_ANY))
		lose(RT_LOST_HOPS, 1);
	else
		connection->flags |= PROMISED;
}

/* The connection is over, and nobody may have accepted it. */
static __always_inline void forget_hop(const struct sock *sk)
{
	struct hop_key key = {};

	hop_key_of_opener(&key, sk, closed_local_port(sk));
	bpf_map_delete_elem(&hops, &key);
}

/* Whether @sk is the other end of a member's connection; then it is kept in mind for its reader. */
static __always_inline void accept_hop(const struct sock *sk)
{
	struct connection *connection;
	struct hop_key key = {};
	struct hop *hop;

	local_address(&key.local, sk);
	peer_address(&key.peer, sk);
	key.netns = socket_netns(sk);
	key.local_port = local_port(sk);
	key.peer_port = peer_port(sk);
	hop = bpf_map_lookup_elem(&hops, &key);
	if (!hop)
		return;
	connection = connection_create(sk, HOP_ACCEPTED);
	if (connection) {
		connection->holder = hop->opener;
		connection->birth = hop->birth;
		connection->service = hop->service;
	}
	bpf_map_delete_elem(&hops, &key);
}

static __always_inline void hold_by_hop(struct connection *connection, struct rt_process *reader)
{
	__sync_fetch_and_add(&reader->hops, 1);
	connection->flags |= HELD;
}

/* It is over, or somebody else reads it now. */
static __always_inline void let_go_of_reader(struct connection *connection)
{
	struct rt_process *reader;

	if (!(connection->flags & HELD))
		return;
	connection->flags &= ~HELD;
	reader = process_find(&connection->holder);
	if (reader)
		__sync_fetch_and_add(&reader->hops, -1);
}

#endif
