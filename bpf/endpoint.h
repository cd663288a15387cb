/* SPDX-License-Identifier: GPL-2.0 */
/* Listening endpoints on watched ports. */
#ifndef RELAYTRAP_BPF_ENDPOINT_H
#define RELAYTRAP_BPF_ENDPOINT_H

#include "connection.h"

static __always_inline void endpoint_key(struct rt_endpoint_key *key, const struct sock *sk, __u16 port)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->netns = socket_netns(sk);
	key->port = port;
	local_address(&key->address, sk);
	if (is_wildcard(&key->address))
		__builtin_memset(&key->address, 0, sizeof(key->address));
}

/* A new endpoint with a service of its own. NULL, counted as lost, when there is no room. */
static __always_inline struct rt_endpoint *endpoint_create(const struct rt_endpoint_key *key)
{
	struct rt_endpoint fresh = {}, *e;
	struct rt_service *s;

	if (bpf_map_pop_elem(&free_slots, &fresh.service)) {
		lose(RT_LOST_SERVICES, 1);
		return NULL;
	}
	if (!bpf_map_update_elem(&endpoints, key, &fresh, BPF_NOEXIST)) {
		s = service_at(fresh.service);
		if (s)
			s->since = bpf_ktime_get_boot_ns();
	} else {
		bpf_map_push_elem(&free_slots, &fresh.service, 0);
	}
	e = bpf_map_lookup_elem(&endpoints, key);
	if (!e)
		lose(RT_LOST_SERVICES, 1);
	return e;
}

/* Where an accepted socket, or a listening one, belongs: the exact address, else the wildcard. */
static __always_inline struct rt_endpoint *endpoint_find(struct rt_endpoint_key *key)
{
	struct rt_endpoint *e = bpf_map_lookup_elem(&endpoints, key);

	if (e)
		return e;
	__builtin_memset(&key->address, 0, sizeof(key->address));
	return bpf_map_lookup_elem(&endpoints, key);
}

/* Whether @sk's local port is watched, in a namespace that is. */
static __always_inline bool endpoint_watched(const struct sock *sk, __u16 port)
{
	struct rt_config *c = configuration();

	return c && is_watched(c, port) && (!c->netns || c->netns == socket_netns(sk));
}

/* The endpoint that @sk listens on, if watched; @sk is counted among its listeners once. */
static __always_inline struct rt_endpoint *endpoint_listen(const struct sock *sk)
{
	__u16 port = local_port(sk);
	struct rt_endpoint_key key;
	struct rt_endpoint *e;

	if (!port || !endpoint_watched(sk, port))
		return NULL;
	endpoint_key(&key, sk, port);
	e = bpf_map_lookup_elem(&endpoints, &key);
	if (!e)
		e = endpoint_create(&key);
	if (e && !connection_of(sk) && connection_create(sk, LISTENING))
		__sync_fetch_and_add(&e->listeners, 1);
	return e;
}

#endif
