/* SPDX-License-Identifier: GPL-2.0 */
/* Which interfaces the guard is to stand on, and how. Pure. */
#ifndef RELAYTRAP_INTERFACE_CHOICE_H
#define RELAYTRAP_INTERFACE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "relaytrap.h"
#include "settings.h"

#define INTERFACE_NAME 16
#define INTERFACE_KIND 16

/* How its XDP program runs. */
enum interface_xdp {
	INTERFACE_XDP_NONE,
	INTERFACE_XDP_NATIVE,
	INTERFACE_XDP_GENERIC,
	INTERFACE_XDP_OTHER
};

struct interface {
	__u32 index;
	__u32 flags; /* IFF_... */
	__u16 type;  /* ARPHRD_... */
	char name[INTERFACE_NAME];
	char kind[INTERFACE_KIND];        /* "veth", "bridge"; "" = physical */
	char master_kind[INTERFACE_KIND]; /* of who it is enslaved to; "" = nobody */
	__u32 lower; /* index of the one that it is a part of, in this namespace; 0 = none */
	enum interface_xdp xdp;
	__u32 program; /* id of its XDP program, 0 = none */
};

struct interface_list {
	struct interface *all;
	size_t count;
};

enum interface_choice {
	INTERFACE_PASSED_OVER,
	INTERFACE_UNFIT,  /* no Ethernet: the guard cannot read its packets */
	INTERFACE_NATIVE, /* and nothing else */
	INTERFACE_EITHER, /* native, or generic if the driver has no native */
	INTERFACE_GENERIC,
};

/*
 * For all that face a network: what is up and no Ethernet is unfit; passed over are the loopback, what is enslaved
 * (but to a VRF: there the guard stands on the parts), and what lies on a guarded one that sees its packets
 * first, as a VLAN does.
 */
enum interface_choice interface_choose(const struct interface_list *list, const struct interface *interface,
				       enum xdp_choice xdp);

/* For one that somebody named: whatever it is. */
enum interface_choice interface_choose_named(const struct interface *interface, enum xdp_choice xdp);

/* Whether a guard that runs this way is what was chosen. */
bool interface_suits(enum interface_xdp xdp, enum xdp_choice choice);

const struct interface *interface_by_index(const struct interface_list *list, __u32 index);
const struct interface *interface_by_name(const struct interface_list *list, const char *name);

#endif
