/* SPDX-License-Identifier: GPL-2.0 */
/* Every map, declared once; weak, so that the hook files link into one object. */
#ifndef RELAYTRAP_MAPS_H
#define RELAYTRAP_MAPS_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "relaytrap.h"

/* A function that the verifier checks once, by itself; linking keeps one copy of it. */
#define SUBPROGRAM __weak __attribute__((noinline))

/* What a connection is to us. */
enum connection_kind {
	LISTENING,
	ACCEPTED,     /* on a watched endpoint */
	HOP_ACCEPTED, /* from a member on this host, on any port */
	OPENED,       /* by a member, counted */
	PROVISIONAL,  /* by a candidate, not counted yet */
	UNTRACKED,    /* opened by somebody else; kept so that a self-connect is no accept */
	DATAGRAM,     /* a connected UDP socket of a member or candidate */
};

enum connection_flag {
	ATTEMPTED = 1 << 0, /* connect() was called, no SYN was sent yet */
	LOCAL = 1 << 1,     /* the far end is an address of this host */
	PROMISED = 1 << 2,  /* an entry of map hops waits for its accept */
	READ = 1 << 3,      /* somebody has read it: `holder` is no guess */
	HELD = 1 << 4,      /* of a hop: it is among the holder's */
};

/* Attached to the sockets that matter, and to no other. */
struct connection {
	struct rt_process_key holder; /* who opened it; of an accepted one, who read it last */
	struct rt_address peer;
	__u64 received; /* bytes already added to the service */
	__u64 sent;
	__u64 sequence; /* of a provisional one: its number among the holder's */
	__u64 birth;    /* of the service; of another one in its slot: the connection has none any more */
	__u32 service;
	__u16 peer_port;
	__u8 kind;
	__u8 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct connection);
} connections SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rt_config);
} settings SEC(".maps") __weak;

/* Full: the endpoint and its accepts are not counted (RT_LOST_SERVICES). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* both sized by the user side from max_services */
	__type(key, struct rt_endpoint_key);
	__type(value, struct rt_endpoint);
} endpoints SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rt_service);
} services SEC(".maps") __weak;

/* Slots of `services` that are free, and all zero. Filled, and refilled, by the user side. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1);
	__uint(value_size, sizeof(__u32));
} free_slots SEC(".maps") __weak;

/* Full: the process is not tracked (RT_LOST_PROCESSES). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct rt_process_key);
	__type(value, struct rt_process);
} processes SEC(".maps") __weak;

struct provisional_connect {
	struct rt_address address;
	__u64 at;
	__u16 port;
	__u8 local;
	__u8 failed;
	__u8 taken; /* counted already: a member read the connection */
	__u8 pad[3];
};

/*
 * The latest connects of a candidate, in a ring. An event loop may accept and connect for a
 * whole burst of clients before it reads the first.
 */
#define PROVISIONAL_KEPT 128

struct provisional {
	__u64 total;
	struct provisional_connect kept[PROVISIONAL_KEPT];
};

/* Full: the candidate's connect is forgotten (RT_LOST_PROVISIONAL). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct rt_process_key);
	__type(value, struct provisional);
} provisionals SEC(".maps") __weak;

/* A connection between two sockets of this host, as its accepting end sees it. */
struct hop_key {
	struct rt_address local;
	struct rt_address peer;
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
};

struct hop {
	struct rt_process_key opener;
	__u64 birth;   /* of the service */
	__u32 service; /* 0 = the opener's, once it is a member */
	__u32 pad;
};

/* Full: the hop is not followed (RT_LOST_HOPS). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct hop_key);
	__type(value, struct hop);
} hops SEC(".maps") __weak;

struct client_key {
	struct rt_address address;
	__u64 birth; /* of the service: its slot may have been another's */
	__u32 service;
	__u32 pad;
};

/* Full: the client idle for longest is forgotten; a look-back to it then counts as fan-out. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct client_key);
	__type(value, __u8);
} clients SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RT_LOST_CAUSES);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps") __weak;

/* Not used here: what the running daemon tells the other commands. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rt_verdict);
} verdicts SEC(".maps") __weak;

/* Kept by the user side, read by the cgroup hooks. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* as many as services */
	__type(key, __u32);
	__type(value, struct rt_containment);
} containments SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* as many as services */
	__type(key, __u32);
	__type(value, struct rt_fuse);
} fuses SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RT_BLOCKS);
	__type(key, __u32);
	__type(value, struct rt_block);
} blocks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RT_BLOCKS);
	__type(key, __u32);
	__type(value, struct rt_block_count);
} block_counts SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RT_GUARD_CAUSES);
	__type(key, __u32);
	__type(value, __u64);
} guard_causes SEC(".maps") __weak;

/* Full: the prefix is refused to who wants it allowed. */
#define ALLOWED_MAX 100000

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, ALLOWED_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct rt_prefix_ipv4);
	__type(value, struct rt_allowed);
} allowed_ipv4 SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, ALLOWED_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct rt_prefix_ipv6);
	__type(value, struct rt_allowed);
} allowed_ipv6 SEC(".maps") __weak;

/* Not used here: where the guard stands. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RT_INTERFACES);
	__type(key, __u32);
	__type(value, struct rt_interface);
} interfaces SEC(".maps") __weak;

/* Not used here: what the metrics add up. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RT_SERIES);
	__type(key, __u32);
	__type(value, struct rt_series);
} series SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* as many as services */
	__type(key, __u32);
	__type(value, struct rt_account);
} accounts SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rt_metrics);
} metrics SEC(".maps") __weak;

static __always_inline void lose(__u32 cause, __u64 times)
{
	__u64 *count = bpf_map_lookup_elem(&lost, &cause);

	if (count)
		__sync_fetch_and_add(count, times);
}

static __always_inline struct rt_config *configuration(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

/* Set before loading. */
const volatile __u32 generation __weak = 1;

/*
 * Whether other programs count: while an upgrade replaces programs that cannot be exchanged in place, the old
 * and the new ones are attached together. An event that the change comes upon may be seen by both.
 */
static __always_inline bool stands_aside(void)
{
	struct rt_config *c = configuration();

	return !c || c->generation != generation;
}

#endif
