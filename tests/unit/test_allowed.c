// SPDX-License-Identifier: GPL-2.0
/* The list of allowed networks, and the filter that must let each of them through. */
#include "common.h"

#include <arpa/inet.h>

#include "allowed.h"

static struct allowed_list list;
static struct error error;
static struct rt_guard guard;

static int setup(void **state)
{
	(void)state;
	memset(&guard, 0, sizeof(guard));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	allowed_free(&list);
	return 0;
}

static struct cidr cidr(const char *text)
{
	struct cidr parsed;

	assert_int_equal(cidr_parse(&parsed, text, &error), 0);
	return parsed;
}

static void allow(const char *text, enum rt_origin origin, __u64 now)
{
	struct cidr wanted = cidr(text);

	assert_int_equal(allowed_allow(&list, &wanted, 1, origin, now, &error), 0);
}

static const struct allowed *find(const char *text)
{
	struct cidr wanted = cidr(text);

	return allowed_find(&list, &wanted);
}

/* As the kernel side asks the filter. */
static bool is_near(const char *text)
{
	__u8 bytes[16];
	__u32 first;
	__u16 bit;

	if (inet_pton(AF_INET, text, bytes) == 1) {
		memcpy(&bit, bytes, sizeof(bit));
		return guard.near_ipv4[bit / 8] >> bit % 8 & 1;
	}
	assert_int_equal(inet_pton(AF_INET6, text, bytes), 1);
	memcpy(&first, bytes, sizeof(first));
	bit = first * RT_NEAR_MULTIPLIER >> 16;
	return guard.near_ipv6[bit / 8] >> bit % 8 & 1;
}

static void what_is_allowed_is_found(void **state)
{
	struct cidr wanted[] = {cidr("2001:db8::/32"), cidr("10.0.0.0/8"), cidr("10.0.0.0/8"),
				cidr("10.0.0.0/9")};

	(void)state;
	assert_int_equal(allowed_allow(&list, wanted, ARRAY_SIZE(wanted), RT_OPERATOR, 5, &error), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(allowed_count(&list, true), 2);
	assert_int_equal(allowed_count(&list, false), 1);
	assert_true(list.all[0].cidr.ipv4 && list.all[1].cidr.ipv4); /* these first */
	assert_int_equal(find("10.0.0.0/8")->since, 5);
	assert_int_equal(find("10.0.0.0/8")->change, ALLOWED_NEW);
	assert_non_null(find("2001:db8::/32"));
	assert_null(find("10.0.0.0/10"));
	assert_null(find("2001:db8::/33"));
	allow("10.0.0.0/8", RT_OPERATOR, 9);
	assert_int_equal(list.count, 3);
	assert_int_equal(find("10.0.0.0/8")->since, 5);
}

static void many_are_kept_in_order(void **state)
{
	struct cidr *wanted = calloc(1000, sizeof(*wanted));
	char text[32];

	(void)state;
	assert_non_null(wanted);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.0/24", (i * 7919) % 1000 / 256,
			 (i * 7919) % 1000 % 256);
		wanted[i] = cidr(text);
	}
	assert_int_equal(allowed_allow(&list, wanted, 1000, RT_OPERATOR, 5, &error), 0);
	assert_int_equal(list.count, 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		assert_non_null(find(text));
	}
	free(wanted);
}

static void the_settings_come_and_go(void **state)
{
	struct cidr first[] = {cidr("10.0.0.0/8"), cidr("192.0.2.0/24")};
	struct cidr second[] = {cidr("192.0.2.0/24"), cidr("198.51.100.0/24")};

	(void)state;
	allow("203.0.113.0/24", RT_OPERATOR, 1);
	allow("192.0.2.0/24", RT_OPERATOR, 1);
	assert_int_equal(allowed_follow(&list, first, 2, 5, &error), 0);
	assert_int_equal(find("10.0.0.0/8")->origin, RT_SETTINGS);
	assert_int_equal(find("192.0.2.0/24")->origin, RT_OPERATOR);
	assert_int_equal(allowed_follow(&list, first, 2, 5, &error), 0);
	assert_int_equal(find("10.0.0.0/8")->origin, RT_SETTINGS);
	assert_int_equal(allowed_follow(&list, second, 2, 6, &error), 0);
	assert_int_equal(find("10.0.0.0/8")->change, ALLOWED_GONE);
	assert_int_equal(find("198.51.100.0/24")->change, ALLOWED_NEW);
	assert_int_not_equal(find("203.0.113.0/24")->change, ALLOWED_GONE);
	allow("198.51.100.0/24", RT_OPERATOR, 7);
	assert_int_equal(find("198.51.100.0/24")->origin, RT_OPERATOR);
	assert_int_equal(find("198.51.100.0/24")->change, ALLOWED_RENEWED);
	assert_int_equal(allowed_follow(&list, NULL, 0, 8, &error), 0);
	assert_int_not_equal(find("198.51.100.0/24")->change, ALLOWED_GONE);
}

static void the_filter_lets_the_allowed_through(void **state)
{
	(void)state;
	allow("10.77.0.0/24", RT_OPERATOR, 1);
	allow("172.16.0.0/12", RT_OPERATOR, 1);
	allow("2001:db8:1::/48", RT_OPERATOR, 1);
	allow("2001:dba::/32", RT_OPERATOR, 1); /* the widest that is near to few only */
	allowed_near_all(&guard, &list);
	assert_true(is_near("10.77.0.9"));
	assert_true(is_near("10.77.200.9")); /* near is not allowed */
	assert_false(is_near("10.78.0.9"));
	assert_true(is_near("172.16.0.1"));
	assert_true(is_near("172.31.255.1"));
	assert_false(is_near("172.32.0.1"));
	assert_false(is_near("172.15.0.1"));
	assert_true(is_near("2001:db8:1::1"));
	assert_false(is_near("2001:db9:1::1"));
	assert_true(is_near("2001:dba:ffff::1"));
	assert_false(is_near("fd00::1"));
}

static void a_wide_network_is_near_to_all(void **state)
{
	struct cidr wide = cidr("fc00::/7"), all = cidr("0.0.0.0/0");

	(void)state;
	allowed_near(&guard, &wide);
	assert_true(is_near("fdab:1234::1"));
	assert_true(is_near("2001:db8::1"));
	assert_false(is_near("1.2.3.4"));
	allowed_near(&guard, &all);
	assert_true(is_near("1.2.3.4"));
	assert_true(is_near("255.255.255.255"));
}

static void the_filter_forgets_what_is_gone(void **state)
{
	struct cidr gone = cidr("10.77.0.0/24");

	(void)state;
	allow("10.77.0.0/24", RT_OPERATOR, 1);
	allow("10.78.0.0/24", RT_OPERATOR, 1);
	allowed_near_all(&guard, &list);
	allowed_disallow(&list, &gone, 1);
	assert_int_equal(allowed_count(&list, true), 1);
	allowed_near_all(&guard, &list);
	assert_false(is_near("10.77.0.1"));
	assert_true(is_near("10.78.0.1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_allowed_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(many_are_kept_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(the_settings_come_and_go, setup, teardown),
		cmocka_unit_test_setup_teardown(the_filter_lets_the_allowed_through, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wide_network_is_near_to_all, setup, teardown),
		cmocka_unit_test_setup_teardown(the_filter_forgets_what_is_gone, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
