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
#define RT_LAYOUT 2

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

/* What may be done without a person's word. */
enum rt_mode {
	RT_OBSERVE, /* nothing; an operator's own block acts */
	RT_DRY_RUN, /* nothing is dropped or refused, not even on an operator's word: it is counted */
	RT_ENFORCE,
	RT_MODES
};

/* On whose word something is blocked, allowed or contained. */
enum rt_origin {
	RT_OPERATOR, /* a command */
	RT_ENGINE,
	RT_SETTINGS, /* the configuration */
	RT_ORIGINS
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
	__u32 mode;   /* enum rt_mode */
	__u32 fuse; /* distinct upstreams after which the kernel refuses by itself, at most RT_FUSE_MAX; 0 = none */
	__u32 generation;           /* of the programs that count; others that are attached stand aside */
	__u64 build;                /* of these programs: a hash of their object file */
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
	RT_UDP_SENDS,        /* connects and addressed sends, hops and look-backs included */
	RT_REFUSED_CONNECTS, /* TCP attempts of a contained service, or beyond its fuse; not among the connects */
	RT_CLIENT_RECEIVED, /* bytes, from clients */
	RT_CLIENT_SENT,
	RT_UPSTREAM_RECEIVED, /* bytes, from upstreams */
	RT_UPSTREAM_SENT,
	RT_REFUSED_SENDS, /* as refused connects, over UDP */
	RT_WOULD_REFUSE,  /* both, in dry-run: these went out, and count as usual too */
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
	__s32 open;          /* accepted connections open now, a root's those of all it consists of */
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
	char spared[RT_REASON_LEN];    /* why it is not contained though it ought to be; "" = no reason */
	char unblocked[RT_REASON_LEN]; /* which ports of a contained one are not blocked, and why */
};

/*
 * What stops a service: one entry in map `containments` for each slot. Kept when its processes end. The
 * user side writes it, the kernel side reads it.
 */
#define RT_LABEL_LEN 128

struct rt_containment {
	__u64 birth;    /* rt_service.since of the service contained; of another one: no containment */
	__u64 since;    /* 0 = none */
	__u64 expires;  /* 0 = never */
	__u64 released; /* when an operator ended the one before; 0 = nobody did */
	__u64 cut;      /* connections that were closed */
	__u32 origin;   /* enum rt_origin */
	__u32 dry_run;  /* not 0: refusals are only counted */
	__u32 fuse;     /* it was made as a fuse of so many had blown; 0 = for the verdict */
	__u32 exempt;   /* not 0: never contained, so it has no fuse either; `since` is 0 */
	char label[RT_LABEL_LEN]; /* the service's; NUL-terminated, raw bytes */
};

/*
 * The fuse of a service, in map `fuses`, one entry for each slot: marks of its first upstreams since
 * `since`. Lock-free; never more than rt_config.fuse of them. A mark's upper half tells its `since`, so that
 * all of them are void at once when that changes; times before the birth of the service are another's.
 */
#define RT_FUSE_MAX 64

struct rt_fuse {
	__u64 since; /* of the first upstream; the fuse begins anew a window later unless it has blown */
	__u64 blown; /* when; 0 = whole */
	__u64 upstreams[RT_FUSE_MAX];
};

/* What the cut tells of each connection that it closed, or (`closed` 0) leaves to the user side. */
struct rt_cut {
	struct rt_address local;
	struct rt_address peer;
	__u32 service; /* its slot */
	__u32 interface;
	__u16 local_port;
	__u16 peer_port;
	__u8 family;
	__u8 protocol;
	__u8 closed;
	__u8 pad;
};

/*
 * What the metrics add up, so that they never go back while the state is pinned: neither when a service is
 * gone, nor when the daemon is. Written and read by the user side only. An entry of map `series` holds what
 * services of one label have counted, or would have if there were room for it; of map `accounts`, one for each
 * slot, how much of a service's counters has gone into a series.
 */
#define RT_SERIES 512
#define RT_SERIES_OTHERS 0 /* of all services without a series of their own */
#define RT_SERIES_GONE 1   /* of series that had to make room; only in the totals */
#define RT_SERIES_OWN 2    /* the first one that has a label */

struct rt_series {
	__u64 seen;   /* boot clock, ns: a service had this label; 0 = the entry is free */
	__u32 placed; /* not 0: it is shown, and counts; of the others, labels are only remembered */
	__u32 pad;
	__u64 counters[RT_COUNTERS];
	__u64 returns;         /* a listener was back on a watched port */
	__u64 blocked_returns; /* those of them on a blocked one */
	__u64 cut;             /* connections closed by containments */
	char label[RT_LABEL_LEN];
};

struct rt_account {
	__u64 birth;     /* rt_service.since of the service counted */
	__u64 contained; /* rt_containment.since */
	__u64 cut;       /* of this containment */
	__u64 counters[RT_COUNTERS];
};

/* The one entry of map `metrics`. */
struct rt_metrics {
	__u64 missed_runs; /* of programs that have been replaced since */
	__u64 missed_last; /* of those at work, when last looked at */
	__u64 writes;      /* of the file */
	__u64 write_failures;
};

/*
 * The guard: one entry in map `guard`, read by the XDP program, written by the user side only. A port's slot
 * is its index in the maps `blocks` and `block_counts`; 0 = not blocked. The filters answer for most
 * addresses that no allowed prefix covers them, without a look at the tries `allowed_ipv4` and
 * `allowed_ipv6`: one bit (value % 8 of byte value / 8) for each value of the first 16 bits of an IPv4
 * address, and of a hash of the first 32 bits of an IPv6 one: these times RT_NEAR_MULTIPLIER modulo 2^32, of
 * that the upper 16 bits. Ports and addresses are numbers as they stand in a packet: the guard swaps no bytes.
 */
#define RT_BLOCKS 256
#define RT_NEAR_BYTES 8192
#define RT_NEAR_MULTIPLIER 0x9e3779b1U

struct rt_guard {
	__u32 dry_run; /* not 0: what would be dropped passes, and is counted */
	__u32 blocked; /* ports whose slot is not 0: with none, nothing is dropped */
	/* User side only, so that whoever changes something knows what the guard is to stand on. */
	__u32 netns; /* inode of the network namespace whose interfaces are guarded, 0 = nobody has said yet */
	__u32 choice; /* enum xdp_choice */
	__u32 chosen; /* not 0: the interfaces that stand in map `interfaces`, and no other */
	__u8 near_ipv4[RT_NEAR_BYTES];
	__u8 near_ipv6[RT_NEAR_BYTES];
	__u8 slots[RT_PORTS];
};

/* One block, in map `blocks`; slot 0 is never used. One that was lifted keeps its slot and its counts. */
struct rt_block {
	__u64 since;   /* boot clock, ns; 0 = the slot is free */
	__u64 expires; /* 0 = never */
	__u64 lifted;  /* 0 = in force */
	__u64 birth;   /* of the contained service that it is for; 0 = of none */
	__u16 port;
	__u16 origin;    /* enum rt_origin */
	__u32 service;   /* its slot */
	__u32 lifted_by; /* enum rt_lift, once it is lifted */
	__u32 pad;
};

/* Why a block ended. */
enum rt_lift {
	RT_LIFT_EXPIRED,
	RT_LIFT_OPERATOR, /* a command */
	RT_LIFT_ENGINE,   /* the containment that it was for has ended */
	RT_LIFT_SETTINGS, /* the configuration that ordered it names it no more */
	RT_LIFTS
};

/* For each CPU and slot, in map `block_counts`. */
struct rt_block_count {
	__u64 packets;    /* dropped */
	__u64 bytes;      /* of these, as they came, link-layer header included */
	__u64 syns;       /* of these, first packets of a connection: requests */
	__u64 allowed;    /* packets let through by the allow-list */
	__u64 replies;    /* packets let through since they belong to a connection that this host opened */
	__u64 would_drop; /* packets that dry-run let through */
	__u64 would_drop_bytes;
	__u64 would_drop_syns;
};

/* What the guard met that has no port to be counted under; index into per-CPU map `guard_causes`. */
enum rt_guard_cause {
	RT_GUARD_FRAGMENTS, /* later fragments: passed, useless without their first one */
	RT_GUARD_TRUNCATED, /* shorter than its headers say: passed, the stack drops it */
	RT_GUARD_MALFORMED, /* headers that contradict themselves: passed, the stack drops it */
	RT_GUARD_TAGS,      /* more VLAN tags than are looked through: dropped while a port is blocked */
	RT_GUARD_CHAIN,     /* more headers than are looked through: dropped while a port is blocked */
	RT_GUARD_CAUSES
};

/* Keys of the tries: the prefix's length in bits, then the address in network byte order. */
struct rt_prefix_ipv4 {
	__u32 length;
	__u8 address[4];
};

struct rt_prefix_ipv6 {
	__u32 length;
	__u8 address[16];
};

struct rt_allowed {
	__u64 since;
	__u32 origin; /* enum rt_origin */
	__u32 pad;
};

/* Where the guard stands, in map `interfaces`; written by who attaches it, read for the views. */
#define RT_INTERFACES 1024

enum rt_interface_state {
	RT_INTERFACE_NONE,    /* the entry is free */
	RT_INTERFACE_NATIVE,  /* guarded, by the driver */
	RT_INTERFACE_GENERIC, /* guarded, by the stack */
	RT_INTERFACE_FOREIGN, /* another XDP program is there */
	RT_INTERFACE_UNFIT,   /* no Ethernet */
	RT_INTERFACE_FAILED,
	RT_INTERFACE_STATES
};

struct rt_interface {
	__u32 index;
	__u32 netns; /* inode number */
	__u32 state; /* enum rt_interface_state */
	__u32 error; /* errno of a failure; generic: of the driver's refusal; of a foreign program: its id */
	__u32 detached; /* times that somebody else took the guard off, since it stands there */
	char name[16];
	char foreign[16]; /* that program's name, "" = not known */
};

/* rt_process.listens: for several. */
#define RT_LISTENS_MANY 0xffffffff

/* How a process came to its service; a stronger role is never replaced by a weaker one. */
enum rt_role {
	RT_ROLE_CANDIDATE,  /* listens, or descends from who listens; not a member yet */
	RT_ROLE_DESCENDANT, /* a member's descendant, or found holding a connection at the start */
	RT_ROLE_HOP,        /* reads a connection that a member made on this host, while one is open */
	RT_ROLE_READER,     /* read a connection accepted on the service's endpoint */
};

struct rt_process {
	struct rt_process_key parent; /* of a candidate: the tracked process it descends from */
	__u32 service;                /* 0 while a candidate */
	__u32 role;                   /* enum rt_role */
	__u32 listens;                /* slot of the service that it, or who forked it, listens for */
	__u32 children;               /* candidates whose parent this is */
	__u32 uid;
	__u32 netns;
	__u32 exited; /* not 0: a zombie, kept until its parent has waited for it */
	__u32 hops;   /* connections of its service, open now, that it read as their other end on this host */
	__u32 origin; /* of a candidate: the service that it, or who forked it, was a descendant in until it listened */
	__u32 pad;
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
	RT_LOST_LOOKS,       /* the daemon's look failed; counted by the user side */
	RT_LOST_CAUSES
};

#define RT_LAYOUT_ASSERT(type, size) _Static_assert(sizeof(type) == (size), #type " changed: raise RT_LAYOUT")

RT_LAYOUT_ASSERT(struct rt_process_key, 16);
RT_LAYOUT_ASSERT(struct rt_config, 72 + 8192);
RT_LAYOUT_ASSERT(struct rt_endpoint_key, 24);
RT_LAYOUT_ASSERT(struct rt_endpoint, 24);
RT_LAYOUT_ASSERT(struct rt_sketch, 1544);
RT_LAYOUT_ASSERT(struct rt_service, 56 + 8 * RT_COUNTERS + 11 * 1544);
RT_LAYOUT_ASSERT(struct rt_verdict, 32 + (RT_REASONS + 2) * RT_REASON_LEN);
RT_LAYOUT_ASSERT(struct rt_process, 96);
RT_LAYOUT_ASSERT(struct rt_containment, 184);
RT_LAYOUT_ASSERT(struct rt_fuse, 16 + 8 * RT_FUSE_MAX);
RT_LAYOUT_ASSERT(struct rt_cut, 48);
RT_LAYOUT_ASSERT(struct rt_guard, 65536 + 2 * RT_NEAR_BYTES + 20);
RT_LAYOUT_ASSERT(struct rt_block, 48);
RT_LAYOUT_ASSERT(struct rt_series, 40 + 8 * RT_COUNTERS + RT_LABEL_LEN);
RT_LAYOUT_ASSERT(struct rt_account, 24 + 8 * RT_COUNTERS);
RT_LAYOUT_ASSERT(struct rt_metrics, 32);
RT_LAYOUT_ASSERT(struct rt_block_count, 64);
RT_LAYOUT_ASSERT(struct rt_prefix_ipv4, 8);
RT_LAYOUT_ASSERT(struct rt_prefix_ipv6, 20);
RT_LAYOUT_ASSERT(struct rt_allowed, 16);
RT_LAYOUT_ASSERT(struct rt_interface, 52);

#endif
