/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the kernel side (bpf/) and the user side (user/): keys and values
 * of every map that both read, enums, sizes. No functions.
 *
 * Times are nanoseconds on the boot clock (CLOCK_BOOTTIME). Ports are in host byte order.
 * Addresses are 16 bytes in network byte order; IPv4 stands as v4-mapped (::ffff:a.b.c.d).
 */
#ifndef RELAYTRAP_H
#define RELAYTRAP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Raised whenever anything below changes: pins of another layout are never read. */
#define RT_LAYOUT 1

#define RT_COMM_LEN 16
#define RT_PORTS 65536

struct rt_address {
	__u8 bytes[16];
} __attribute__((aligned(8)));

/* A process: pids are reused, the pair is not. */
struct rt_process_key {
	__u32 tgid;
	__u32 pad;
	__u64 start; /* of the thread group leader */
};

/* What the kernel side is told; one entry in map `settings`, written by the user side only. */
struct rt_config {
	__u64 loaded_at;
	__u64 window;         /* ns, a sketch generation lasts this long; not 0 */
	__u64 pairing_window; /* ns */
	__u64 seed[2];        /* secret of the fan-out fingerprints */
	__u32 netns;          /* inode of the only network namespace to watch, 0 = all */
	__u32 max_services;
	__u32 layout; /* RT_LAYOUT */
	__u32 pad;
	__u8 watched[RT_PORTS / 8]; /* bit port % 8 of byte port / 8 */
};

/* A listening endpoint; the wildcard address, IPv4 or IPv6, is all zeros. */
struct rt_endpoint_key {
	struct rt_address address;
	__u32 netns; /* inode number */
	__u16 port;
	__u16 pad;
};

struct rt_endpoint {
	struct rt_process_key owner; /* last to listen; tgid 0 = not known, or pid 1 */
	__u32 service;               /* index in map `services` */
	__u32 listeners;             /* sockets listening now */
};

/*
 * Distinct keys in constant memory. `exact` holds the fingerprints of the first
 * RT_SKETCH_EXACT keys; the HyperLogLog registers see every key and answer once
 * `overflowed` is set. A fingerprint is never 0.
 */
#define RT_SKETCH_EXACT 64
#define RT_SKETCH_BITS 10
#define RT_SKETCH_REGISTERS (1 << RT_SKETCH_BITS)

struct rt_sketch {
	__u64 exact[RT_SKETCH_EXACT];
	__u8 registers[RT_SKETCH_REGISTERS]; /* index: the top RT_SKETCH_BITS bits of the fingerprint */
	__u32 overflowed;
	__u32 pad;
};

enum rt_sketch_kind {
	RT_SKETCH_CLIENTS, /* addresses that connected to the service */
	RT_SKETCH_FAN_OUT, /* TCP upstreams (address, port) */
	RT_SKETCH_PRIVATE, /* those of them at private addresses (RFC 1918, 6598, 4193) or link-local ones */
	RT_SKETCH_MAIL,    /* those of them on a mail port */
	RT_SKETCH_UDP,     /* UDP destinations (address, port) */
	RT_SKETCH_KINDS
};

enum rt_counter {
	RT_ACCEPTS,
	RT_CONNECTS, /* every TCP attempt: upstreams, hops, look-backs, failures */
	RT_CONNECT_FAILURES,
	RT_PAIRED,
	RT_BOTH_SIDES, /* connections out that were read by a process which also reads accepted ones or hops */
	RT_HOPS,
	RT_LOOK_BACKS,     /* TCP and UDP */
	RT_UDP_LOOK_BACKS, /* those of them over UDP */
	RT_MAIL_CONNECTS,
	RT_UDP_SENDS, /* connects and addressed sends, hops and look-backs included */
	RT_REFUSED_CONNECTS,
	RT_CLIENT_RECEIVED, /* bytes, from clients */
	RT_CLIENT_SENT,
	RT_UPSTREAM_RECEIVED, /* bytes, from upstreams */
	RT_UPSTREAM_SENT,
	RT_COUNTERS
};

/* One slot of map `services`. Slot 0 is never used: 0 means "no service". */
struct rt_service {
	__u64 since; /* 0 = slot is free */
	__u64 epoch; /* boot time / window of the generation written last */
	__u64 last_accept;
	__u64 last_close;    /* of an accepted connection */
	__u64 last_unpaired; /* connect that followed from no accept so far */
	__u32 unpaired;      /* such connects, each within the pairing window of the next */
	__u32 open;          /* accepted connections open now */
	__u32 merged;        /* not 0: this service has become part of that one */
	__u32 pad;
	__u64 counters[RT_COUNTERS];
	/* Generation epoch % 2 is the current one, the other the one before. */
	struct rt_sketch sketches[2][RT_SKETCH_KINDS];
	struct rt_sketch known; /* upstreams not at private addresses, since the service began */
};

/*
 * What the engine of the running daemon says of a service: one entry in map `verdicts` for each slot,
 * written and read by the user side only.
 */
#define RT_REASONS 14
#define RT_REASON_LEN 128

struct rt_verdict {
	__u64 birth;   /* rt_service.since of the service judged; of another one: not judged yet */
	__u64 since;   /* of the verdict */
	__u64 time;    /* of the evidence */
	__u32 verdict; /* enum verdict */
	__u32 reason_count;
	char reasons[RT_REASONS][RT_REASON_LEN]; /* NUL-terminated ASCII */
};

/* How a process came to its service; a stronger role is never replaced by a weaker one. */
enum rt_role {
	RT_ROLE_CANDIDATE,  /* listens, or descends from who listens; not a member yet */
	RT_ROLE_DESCENDANT, /* a member's descendant, or found holding a connection at the start */
	RT_ROLE_HOP,        /* read a connection that a member made on this host */
	RT_ROLE_READER,     /* read a connection accepted on the service's endpoint */
};

struct rt_process {
	struct rt_process_key parent; /* of a candidate: the tracked process it descends from */
	__u32 service;                /* 0 while a candidate */
	__u32 role;                   /* enum rt_role */
	__u32 children;               /* candidates whose parent this is */
	__u32 uid;
	__u32 netns;
	__u32 exited; /* not 0: a zombie, kept until its parent has waited for it */
	__u64 cgroup; /* id in the v2 hierarchy */
	__u64 accepts;
	__u64 connects;
	char comm[RT_COMM_LEN]; /* any bytes: a process names itself */
};

/* Why something was not counted; index into map `lost`. */
enum rt_lost {
	RT_LOST_SERVICES,    /* map full: endpoint not counted */
	RT_LOST_PROCESSES,   /* map full: process not tracked */
	RT_LOST_CONNECTIONS, /* no memory for a connection's state */
	RT_LOST_PROVISIONAL, /* connects before the first read, beyond what is kept */
	RT_LOST_HOPS,        /* map full: hop not followed */
	RT_LOST_CLIENTS,     /* client not remembered: a look-back to it counts as fan-out */
	RT_LOST_LINEAGE,     /* more ancestors than are walked */
	RT_LOST_CAUSES
};

#define RT_LAYOUT_ASSERT(type, size) _Static_assert(sizeof(type) == (size), #type " changed: raise RT_LAYOUT")

RT_LAYOUT_ASSERT(struct rt_process_key, 16);
RT_LAYOUT_ASSERT(struct rt_config, 56 + 8192);
RT_LAYOUT_ASSERT(struct rt_endpoint_key, 24);
RT_LAYOUT_ASSERT(struct rt_endpoint, 24);
RT_LAYOUT_ASSERT(struct rt_sketch, 1544);
RT_LAYOUT_ASSERT(struct rt_service, 56 + 8 * RT_COUNTERS + 11 * 1544);
RT_LAYOUT_ASSERT(struct rt_verdict, 32 + RT_REASONS * RT_REASON_LEN);
RT_LAYOUT_ASSERT(struct rt_process, 80);

#endif
