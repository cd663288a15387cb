// SPDX-License-Identifier: GPL-2.0
/* Which interfaces are guarded, how, and how that is said. */
#include "common.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include "interface_choice.h"
#include "interface_words.h"

static struct interface all[] = {
	{.index = 1, .name = "lo", .type = ARPHRD_LOOPBACK, .flags = IFF_LOOPBACK | IFF_UP},
	{.index = 2, .name = "eth0", .type = ARPHRD_ETHER, .flags = IFF_UP},
	{.index = 3, .name = "br0", .type = ARPHRD_ETHER, .kind = "bridge"},
	{.index = 4, .name = "eth1", .type = ARPHRD_ETHER, .master_kind = "bridge"},
	{.index = 5, .name = "veth0", .type = ARPHRD_ETHER, .kind = "veth", .lower = 2},
	{.index = 6, .name = "wg0", .type = ARPHRD_NONE, .kind = "wireguard", .flags = IFF_UP},
	{.index = 7, .name = "sit0", .type = ARPHRD_SIT, .kind = "sit"},
	{.index = 8, .name = "eth0.5", .type = ARPHRD_ETHER, .kind = "vlan", .lower = 2},
	{.index = 9, .name = "eth0.5.6", .type = ARPHRD_ETHER, .kind = "vlan", .lower = 8},
	{.index = 10, .name = "eth1.5", .type = ARPHRD_ETHER, .kind = "vlan", .lower = 4},
	{.index = 11, .name = "vrf0", .type = ARPHRD_ETHER, .kind = "vrf"},
	{.index = 12, .name = "eth2", .type = ARPHRD_ETHER, .master_kind = "vrf"},
	{.index = 13, .name = "vxlan0", .type = ARPHRD_ETHER, .kind = "vxlan", .lower = 2},
	{.index = 14, .name = "macvlan0", .type = ARPHRD_ETHER, .kind = "macvlan", .lower = 0},
};
static const struct interface_list list = {all, ARRAY_SIZE(all)};

static enum interface_choice choose(const char *name, enum xdp_choice xdp)
{
	const struct interface *interface = interface_by_name(&list, name);

	assert_non_null(interface);
	return interface_choose(&list, interface, xdp);
}

static void those_that_face_a_network(void **state)
{
	(void)state;
	assert_int_equal(choose("lo", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("eth0", XDP_AUTO), INTERFACE_EITHER);
	assert_int_equal(choose("br0", XDP_AUTO), INTERFACE_GENERIC);
	assert_int_equal(choose("eth1", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("veth0", XDP_AUTO), INTERFACE_GENERIC);
	assert_int_equal(choose("wg0", XDP_AUTO), INTERFACE_UNFIT);
	assert_int_equal(choose("sit0", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("vrf0", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("eth2", XDP_AUTO), INTERFACE_EITHER);
	assert_int_equal(choose("vxlan0", XDP_AUTO), INTERFACE_GENERIC);
}

static void one_on_a_guarded_one_is_covered_by_it(void **state)
{
	(void)state;
	assert_int_equal(choose("eth0.5", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("eth0.5.6", XDP_AUTO), INTERFACE_PASSED_OVER);
	assert_int_equal(choose("eth1.5", XDP_AUTO), INTERFACE_GENERIC);
	assert_int_equal(choose("macvlan0", XDP_AUTO), INTERFACE_GENERIC);
}

static void as_it_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(choose("veth0", XDP_NATIVE), INTERFACE_NATIVE);
	assert_int_equal(choose("eth0", XDP_GENERIC), INTERFACE_GENERIC);
	assert_int_equal(interface_choose_named(&all[0], XDP_AUTO), INTERFACE_GENERIC);
	assert_int_equal(interface_choose_named(&all[3], XDP_AUTO), INTERFACE_EITHER);
	assert_int_equal(interface_choose_named(&all[5], XDP_AUTO), INTERFACE_UNFIT);
	assert_true(interface_suits(INTERFACE_XDP_NATIVE, XDP_AUTO));
	assert_true(interface_suits(INTERFACE_XDP_GENERIC, XDP_AUTO));
	assert_false(interface_suits(INTERFACE_XDP_GENERIC, XDP_NATIVE));
	assert_false(interface_suits(INTERFACE_XDP_NATIVE, XDP_GENERIC));
}

static void said(const struct rt_interface *interface, const char *wanted)
{
	char text[INTERFACE_WORDS];

	interface_words(text, interface);
	assert_contains(text, wanted);
}

static void in_words(void **state)
{
	struct rt_interface interface = {.name = "eth0", .state = RT_INTERFACE_NATIVE};

	(void)state;
	said(&interface, "eth0 is guarded (native)");
	interface = (struct rt_interface){
		.name = "eth0", .state = RT_INTERFACE_FOREIGN, .error = 12, .foreign = "their\x1bprog"};
	said(&interface,
	     "eth0 is not guarded: it has an XDP program of somebody else's (their\\x1bprog, id 12)");
	interface = (struct rt_interface){.name = "e\x1b[2J", .state = RT_INTERFACE_UNFIT};
	said(&interface, "e\\x1b[2J is not guarded: its packets are no Ethernet frames");
	interface = (struct rt_interface){.name = "eth9", .state = RT_INTERFACE_FAILED, .error = ENODEV};
	said(&interface, "eth9 is not guarded: there is no such interface");
	interface.error = EOPNOTSUPP;
	said(&interface,
	     "its driver has no native XDP, or none with its present offloads; leave the setting xdp at");
	interface.error = EPERM;
	said(&interface, strerror(EPERM));
	said(&interface, "if the setting xdp is native, leave it at auto");
}

static void why_by_the_stack(void **state)
{
	struct rt_interface interfaces[] = {
		{.name = "veth0", .state = RT_INTERFACE_GENERIC},
		{.name = "eth0", .state = RT_INTERFACE_GENERIC, .error = EOPNOTSUPP},
		{.name = "eth1", .state = RT_INTERFACE_FAILED, .error = EPERM},
		{.name = "eth2", .state = RT_INTERFACE_GENERIC, .error = EINVAL},
	};
	char line[512] = "";
	FILE *stream = fmemopen(line, sizeof(line), "w");

	(void)state;
	said(&interfaces[0], "veth0 is guarded (generic)");
	said(&interfaces[1],
	     "eth0 is guarded (generic: its driver has no native XDP, or none with its present offloads)");
	said(&interfaces[3], "eth2 is guarded (generic: its driver refuses native XDP, Invalid argument)");
	assert_non_null(stream);
	assert_int_equal(interfaces_print_guarded(stream, interfaces, 4), 3);
	fclose(stream);
	assert_string_equal(line,
			    "guarded: veth0 (generic), eth0 (generic: its driver has no native XDP, or none "
			    "with its present offloads), eth2 (generic: its driver refuses native XDP, "
			    "Invalid argument)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_that_face_a_network),
		cmocka_unit_test(one_on_a_guarded_one_is_covered_by_it),
		cmocka_unit_test(as_it_is_asked_for),
		cmocka_unit_test(in_words),
		cmocka_unit_test(why_by_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
