/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one view of a snapshot that every emitter prints. Pure: facts about processes that
 * only /proc knows are given, not fetched.
 */
#ifndef RELAYTRAP_VIEW_H
#define RELAYTRAP_VIEW_H

#include <stdbool.h>

#include "error.h"
#include "snapshot.h"
#include "verdict.h"

/* What /proc says of one process. Any bytes may stand in them. */
struct process_facts {
	char exe[256];    /* "" = not readable */
	char user[33];    /* name, or the uid in digits */
	char cgroup[256]; /* path in the v2 hierarchy (or the named v1 one), "" = not known */
	bool ssh_server;  /* its program is the ssh server of the host */
	bool gone;        /* it has ended, or is just ending: the rest is what was known before */
};

struct view_process {
	__u32 pid;
	__u64 start_time; /* boot clock, ns */
	bool owner;       /* of an endpoint of the service */
	const struct process_record *record;
	const struct process_facts *facts;
};

/* Who listens on a port. */
struct view_listener {
	__u32 count;   /* of sockets */
	__u64 started; /* boot clock, ns: start of the youngest process that owns one; 0 = not known */
	bool exposed;  /* one is in the network namespace that is guarded, and not on loopback */
};

/* A block that is in force, or was and may be again. */
struct view_block {
	__u16 port;
	bool in_force;
	enum rt_origin origin;
	double since;           /* seconds since the epoch */
	double expires;         /* the same; 0 = never */
	__u32 service;          /* slot of the contained service that it is for; 0 = of none */
	enum rt_lift lifted_by; /* of one not in force */
	struct rt_block_count count;
	struct rt_block_count before; /* at the previous view, equal to count at first */
};

/* What stops a service, or would in dry-run. */
struct view_containment {
	bool in_force;
	bool dry_run;
	enum rt_origin origin;
	double since;    /* seconds since the epoch */
	double expires;  /* the same; 0 = never */
	__u64 cut;       /* connections that were closed */
	__u32 fuse;      /* it was made as a fuse of so many had blown; 0 = for the verdict */
	double released; /* when an operator ended the one before, seconds since the epoch; 0 = nobody did */
	bool exempt;     /* of one not in force: the service must not be contained */
};

struct view_service {
	char label[RT_LABEL_LEN]; /* unit or container, else the program's name; raw bytes */
	const char *verdict;      /* name of what stands, "unjudged" if there is none yet */
	enum verdict standing;    /* what the engine says, or contained */
	struct rt_verdict judged; /* what the engine says; birth 0 = unjudged */
	struct view_containment containment;
	double since;      /* seconds since the epoch, of what stands; unjudged: first_seen */
	double first_seen; /* when its first endpoint was found */
	__u16 *ports;      /* sorted, each once */
	struct view_listener *port_listeners; /* of each of them */
	size_t port_count;
	__u32 listeners;
	__u64 clients; /* distinct, within the window */
	__u64 fan_out;
	__u64 mail_fan_out;
	__u64 udp_fan_out;
	__u64 private_fan_out; /* those of fan_out on a private network */
	__u64 known_fan_out;   /* upstreams not on a private network, since birth */
	__u64 open;
	__u64 counters[RT_COUNTERS];
	__u64 before[RT_COUNTERS]; /* the same at the previous view, for rates; equal to counters at first */
	struct view_process *processes; /* most connects first; members, and who listens */
	size_t process_count;
	__u32 slot;  /* slot and birth tell whether it is the same service in successive views */
	__u64 birth; /* boot clock, ns */
};

struct view {
	__u64 instance;  /* tells instances apart: when the programs were loaded, boot clock, ns */
	__u64 now;       /* boot clock, ns */
	double time;     /* the same in seconds since the epoch */
	double uptime;   /* seconds since the programs were loaded */
	double interval; /* seconds since the previous view, 0 = there is none */
	const struct rt_config *config;
	struct view_service *services; /* most urgent first, then most fan-out, most accepts, slot */
	size_t service_count;
	enum rt_mode mode;
	struct view_block *blocks; /* in force first, then by port */
	size_t block_count;
	struct rt_interface *interfaces;
	size_t interface_count;
	bool dry_run; /* the guard drops nothing */
	__u64 guard_causes[RT_GUARD_CAUSES];
	__u64 lost[LOST_CAUSES];
	/* All processes and all ports, of which each service has a part. */
	struct view_process *processes;
	size_t process_count;
	__u16 *ports;
	struct view_listener *port_listeners;
};

/*
 * Builds the view of @snapshot. @facts has one element for each of its processes, in the same
 * order. @wall_offset: seconds to add to boot-clock seconds for the epoch. @previous: the view
 * before this one, or NULL; nothing that it borrowed is read. The view borrows from snapshot and
 * facts: both must outlive it; view_free() releases the rest. Fails only for want of memory.
 */
int view_build(struct view *view, const struct snapshot *snapshot, const struct process_facts *facts,
	       double wall_offset, const struct view *previous, struct error *error);
void view_free(struct view *view);

/*
 * Takes over what @verdict says of @service, one of @view. If that is older than @fresh ns one more
 * reason says so; 0 = never.
 */
void view_set_verdict(const struct view *view, struct view_service *service, const struct rt_verdict *verdict,
		      __u64 fresh);

/* Puts the services in order; to be called when their verdicts are set. */
void view_sort(struct view *view);

#endif
