// SPDX-License-Identifier: GPL-2.0
#include "interface_choice.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>

/* More than anybody stacks; a loop cannot be. */
#define STACK_MAX 8

const struct interface *interface_by_index(const struct interface_list *list, __u32 index)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->all[i].index == index)
			return &list->all[i];
	return NULL;
}

const struct interface *interface_by_name(const struct interface_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strncmp(list->all[i].name, name, INTERFACE_NAME))
			return &list->all[i];
	return NULL;
}

/* Its packets pass the one below first; a veth's other end, or what a tunnel goes through, is no such thing. */
static bool lies_on_another(const struct interface *interface)
{
	static const char *const kinds[] = {"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap"};

	for (size_t i = 0; interface->lower && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(interface->kind, kinds[i]))
			return true;
	return false;
}

static bool faces_a_network(const struct interface *interface)
{
	return !(interface->flags & IFF_LOOPBACK) && strcmp(interface->kind, "vrf") &&
	       (!*interface->master_kind || !strcmp(interface->master_kind, "vrf"));
}

/* Whether the guard meets what comes in here further below. */
static bool is_covered(const struct interface_list *list, const struct interface *interface)
{
	for (int i = 0; i < STACK_MAX && lies_on_another(interface); i++) {
		interface = interface_by_index(list, interface->lower);
		if (!interface)
			return false;
		if (!lies_on_another(interface))
			return faces_a_network(interface) && interface->type == ARPHRD_ETHER;
	}
	return false;
}

static enum interface_choice choose_how(const struct interface *interface, enum xdp_choice xdp)
{
	if (xdp == XDP_NATIVE)
		return INTERFACE_NATIVE;
	return xdp == XDP_AUTO && !*interface->kind && interface->type == ARPHRD_ETHER ? INTERFACE_EITHER
										       : INTERFACE_GENERIC;
}

enum interface_choice interface_choose(const struct interface_list *list, const struct interface *interface,
				       enum xdp_choice xdp)
{
	if (!faces_a_network(interface) || is_covered(list, interface))
		return INTERFACE_PASSED_OVER;
	if (interface->type != ARPHRD_ETHER)
		return interface->flags & IFF_UP ? INTERFACE_UNFIT : INTERFACE_PASSED_OVER;
	return choose_how(interface, xdp);
}

enum interface_choice interface_choose_named(const struct interface *interface, enum xdp_choice xdp)
{
	/* Packets of the loopback have an Ethernet header too. */
	if (interface->type != ARPHRD_ETHER && interface->type != ARPHRD_LOOPBACK)
		return INTERFACE_UNFIT;
	return choose_how(interface, xdp);
}

bool interface_suits(enum interface_xdp xdp, enum xdp_choice choice)
{
	return choice == XDP_AUTO || (choice == XDP_NATIVE) == (xdp == INTERFACE_XDP_NATIVE);
}
