/* SPDX-License-Identifier: GPL-2.0 */
/* Services: their slots, their endpoints, and how one connection is added to their counters. */
#ifndef RELAYTRAP_BPF_SERVICE_H
#define RELAYTRAP_BPF_SERVICE_H

#include "fuse.h"

/* Services merge into a lower slot only, so a chain of merges ends. */
#define MERGES_FOLLOWED 4 /* one, but while others are being merged: see merge.h */

struct destination {
	struct rt_address address;
	__u16 port;
	__u8 local;
	__u8 pad[5];
};

static __always_inline struct rt_service *service_at(__u32 slot)
{
	return slot ? bpf_map_lookup_elem(&services, &slot) : NULL;
}

/* The slot that @slot has been merged into, itself if none. */
static __always_inline __u32 service_root(__u32 slot)
{
	for (int i = 0; i < MERGES_FOLLOWED; i++) {
		struct rt_service *s = service_at(slot);

		if (!s || !s->merged)
			break;
		slot = s->merged;
	}
	return slot;
}

/* One of a service that was in the slot before is none. */
static __always_inline bool containment_stands(const struct rt_containment *containment,
					       const struct rt_service *s)
{
	return containment && containment->since && containment->birth == s->since;
}

static __always_inline void connection_assign(struct connection *connection, __u32 slot)
{
	struct rt_service *s = service_at(slot);

	connection->service = slot;
	connection->birth = s ? s->since : 0;
}

/* The root of the service that it belongs to; 0 = of none, or of one whose slot another one has now. */
static __always_inline __u32 connection_root(const struct connection *connection)
{
	struct rt_service *s = service_at(connection->service);

	return s && s->since == connection->birth ? service_root(connection->service) : 0;
}

/*
 * Moves to its root what a service that was merged has open. Who merges does so, and who comes upon a merge: none
 * stays behind.
 */
static __always_inline void carry_open(struct rt_service *s)
{
	for (int i = 0; i < MERGES_FOLLOWED && s && s->merged; i++) {
		struct rt_service *into = service_at(s->merged);
		__s32 open = __sync_lock_test_and_set(&s->open, 0);

		if (into)
			__sync_fetch_and_add(&into->open, open);
		s = into;
	}
}

static __always_inline void count_open(struct rt_service *s, int change)
{
	__sync_fetch_and_add(&s->open, change);
	carry_open(s);
}

static __always_inline void add(struct rt_service *s, enum rt_counter counter, __u64 amount)
{
	__sync_fetch_and_add(&s->counters[counter], amount);
}

static __always_inline void clear_generation(struct rt_service *s, __u64 epoch)
{
	volatile __u64 *words = (void *)s->sketches[epoch % 2]; /* or it becomes a memset(), unknown here */

	for (__u32 i = 0; i < sizeof(s->sketches[0]) / 8; i++)
		words[i] = 0;
}

/*
 * Begins a new generation when its time has come; the first to notice does it. One epoch ahead
 * is another CPU that was quicker, more than one a window that was changed.
 */
SUBPROGRAM int service_turn(struct rt_service *s, __u64 epoch)
{
	__u64 before;

	if (!s)
		return 0;
	before = s->epoch;
	if (before == epoch || before == epoch + 1)
		return 0;
	if (__sync_val_compare_and_swap(&s->epoch, before, epoch) != before)
		return 0;
	clear_generation(s, epoch);
	if (epoch != before + 1)
		clear_generation(s, epoch + 1);
	return 0;
}

SUBPROGRAM int service_sketch(struct rt_service *s, __u32 kind, const struct rt_address *address, __u16 port)
{
	struct rt_config *c = configuration();
	__u64 epoch;

	barrier_var(kind); /* keeps the bound where the verifier sees it */
	if (!s || !address || !c || !c->window || kind >= RT_SKETCH_KINDS)
		return 0;
	epoch = bpf_ktime_get_boot_ns() / c->window;
	service_turn(s, epoch);
	return sketch_add(&s->sketches[epoch % 2][kind], fingerprint(c, address, port));
}

static __always_inline bool is_client(const struct rt_service *s, __u32 slot,
				      const struct rt_address *address)
{
	struct client_key key = {.address = *address, .birth = s->since, .service = slot};

	return bpf_map_lookup_elem(&clients, &key);
}

/* An accepted connection, counted once. It may explain connects that came just before it. */
SUBPROGRAM int count_accept(struct rt_service *s, __u32 slot, const struct rt_address *client)
{
	struct client_key key = {.service = slot};
	struct rt_config *c = configuration();
	__u64 now = bpf_ktime_get_boot_ns();
	__u8 seen = 1;

	if (!s || !client || !c)
		return 0;
	key.address = *client;
	key.birth = s->since;
	add(s, RT_ACCEPTS, 1);
	count_open(s, 1);
	if (s->unpaired && now - s->last_unpaired <= c->pairing_window) {
		add(s, RT_PAIRED, s->unpaired);
		s->unpaired = 0;
	}
	s->last_accept = now;
	service_sketch(s, RT_SKETCH_CLIENTS, client, 0);
	if (!is_client(s, slot, client) && bpf_map_update_elem(&clients, &key, &seen, BPF_ANY))
		lose(RT_LOST_CLIENTS, 1);
	return 0;
}

/* An outgoing TCP connection of the service, made at @at. */
SUBPROGRAM int count_connect(struct rt_service *s, __u64 at)
{
	struct rt_config *c = configuration();
	__u64 latest;

	if (!s || !c)
		return 0;
	latest = s->last_accept > s->last_close ? s->last_accept : s->last_close;
	add(s, RT_CONNECTS, 1);
	if (s->open > 0 || (latest && at <= latest + c->pairing_window)) {
		add(s, RT_PAIRED, 1);
		return 0;
	}
	if (at - s->last_unpaired > c->pairing_window)
		s->unpaired = 0;
	s->unpaired++;
	s->last_unpaired = at;
	return 0;
}

/* Where an outgoing TCP connection of the service goes: hop, look-back or fan-out. */
SUBPROGRAM int count_destination(struct rt_service *s, __u32 slot, const struct destination *to)
{
	struct rt_config *c = configuration();

	if (!s || !to)
		return 0;
	if (to->local) {
		add(s, RT_HOPS, 1);
	} else if (is_client(s, slot, &to->address)) {
		add(s, RT_LOOK_BACKS, 1);
	} else {
		if (c && c->fuse)
			fuse_spend(s, slot, &to->address, to->port);
		service_sketch(s, RT_SKETCH_FAN_OUT, &to->address, to->port);
		if (is_private(&to->address))
			service_sketch(s, RT_SKETCH_PRIVATE, &to->address, to->port);
		else if (c)
			sketch_add(&s->known, fingerprint(c, &to->address, to->port));
		if (is_mail_port(to->port)) {
			add(s, RT_MAIL_CONNECTS, 1);
			service_sketch(s, RT_SKETCH_MAIL, &to->address, to->port);
		}
	}
	return 0;
}

SUBPROGRAM int count_udp(struct rt_service *s, __u32 slot, const struct destination *to)
{
	if (!s || !to)
		return 0;
	add(s, RT_UDP_SENDS, 1);
	if (to->local)
		return 0;
	if (is_client(s, slot, &to->address)) {
		add(s, RT_LOOK_BACKS, 1);
		add(s, RT_UDP_LOOK_BACKS, 1);
	} else {
		service_sketch(s, RT_SKETCH_UDP, &to->address, to->port);
	}
	return 0;
}

/* Adds what came and went since the last call; @received and @sent are totals of the connection. */
SUBPROGRAM int add_bytes(struct connection *connection, __u64 received, __u64 sent)
{
	struct rt_service *s;
	bool accepted;

	if (!connection)
		return 0;
	s = service_at(connection_root(connection));
	if (!s)
		return 0;
	accepted = connection->kind == ACCEPTED;
	add(s, accepted ? RT_CLIENT_RECEIVED : RT_UPSTREAM_RECEIVED, received - connection->received);
	connection->received = received;
	if (sent > connection->sent) { /* less: retransmitted since */
		add(s, accepted ? RT_CLIENT_SENT : RT_UPSTREAM_SENT, sent - connection->sent);
		connection->sent = sent;
	}
	return 0;
}

/* Hops are left out: who reads them sends the same bytes on. */
static __always_inline void count_bytes(struct sock *sk, struct connection *connection)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	bool has_fin = sk->__sk_common.skc_flags & (1UL << SOCK_DONE); /* counted as a byte received */

	if (tp && !(connection->flags & LOCAL))
		add_bytes(connection, tp->bytes_received - has_fin, tp->bytes_sent - tp->bytes_retrans);
}

#endif
