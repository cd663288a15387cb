// SPDX-License-Identifier: GPL-2.0
#include "common.h"

#include <arpa/inet.h>

#include "cidr.h"

static void check_written(const char *text, const char *written)
{
	struct error error = {0};
	char out[CIDR_TEXT];
	struct cidr cidr;

	if (cidr_parse(&cidr, text, &error))
		fail_msg("\"%s\" refused: %s", text, error.text);
	cidr_format(out, &cidr);
	assert_string_equal(out, written);
}

static void what_is_read_is_written(void **state)
{
	static const char *const cases[][2] = {
		{"192.0.2.0/24", "192.0.2.0/24"},
		{"192.0.2.7", "192.0.2.7/32"},
		{"192.0.2.128/25", "192.0.2.128/25"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"255.255.255.255", "255.255.255.255/32"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"2001:DB8:0:0::1", "2001:db8::1/128"},
		{"::/0", "::/0"},
		{"::1", "::1/128"},
		{"fe80::/10", "fe80::/10"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_written(cases[i][0], cases[i][1]);
}

static void ipv4_stands_mapped_in_network_byte_order(void **state)
{
	static const __u8 expected[16] = {[10] = 0xff, 0xff, 192, 0, 2, 0};
	struct error error;
	struct cidr cidr;

	(void)state;
	assert_int_equal(cidr_parse(&cidr, "192.0.2.0/24", &error), 0);
	assert_memory_equal(cidr.address.bytes, expected, sizeof(expected));
	assert_true(cidr.ipv4);
	assert_int_equal(cidr.length, 24);
}

static void bad_ranges_are_refused_with_the_reason(void **state)
{
	static const char *const cases[][2] = {
		{"", "no address range"},
		{"/8", "no address range"},
		{"192.0.2", "no address range"},
		{"192.0.2.0/33", "length of the prefix"},
		{"192.0.2.0/-1", "length of the prefix"},
		{"192.0.2.0/", "length of the prefix"},
		{"192.0.2.0/24/24", "length of the prefix"},
		{"2001:db8::/129", "length of the prefix"},
		{"192.0.2.1/24", "did you mean 192.0.2.0/24?"},
		{"192.0.3.0/23", "did you mean 192.0.2.0/23?"},
		{"2001:db8::1/32", "did you mean 2001:db8::/32?"},
		{"::ffff:192.0.2.1", "IPv4 address in disguise"},
		{"192.0.2.0 /24", "no address range"},
		{"example.org", "no address range"},
		{"\033[2J", "no address range"},
		{"111111111111111111111111111111111111111111111111111111111111", "no address range"},
		{"1111111111111111111111111111111111111111111111", "no address range"}, /* just too long */
	};
	const struct cidr before = {.length = 7};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cidr cidr = before;
		struct error error = {0};

		assert_int_equal(cidr_parse(&cidr, cases[i][0], &error), -1);
		assert_contains(error.text, cases[i][1]);
		assert_lacks(error.text, "\033");
		assert_memory_equal(&cidr, &before, sizeof(cidr));
	}
}

static void contains(void **state)
{
	static const struct {
		const char *range, *address;
		bool inside;
	} cases[] = {
		{"192.0.2.0/25", "192.0.2.127", true},
		{"192.0.2.0/25", "192.0.2.128", false},
		{"0.0.0.0/0", "203.0.113.9", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"2001:db8::/33", "2001:db8:7fff::", true},
		{"2001:db8::/33", "2001:db8:8000::", false},
		{"::/0", "2001:db8::1", true},
		{"192.0.2.7", "192.0.2.7", true},
		{"192.0.2.7", "192.0.2.6", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cidr range, address;
		struct error error;

		assert_int_equal(cidr_parse(&range, cases[i].range, &error), 0);
		assert_int_equal(cidr_parse(&address, cases[i].address, &error), 0);
		assert_int_equal(cidr_contains(&range, &address.address), cases[i].inside);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written),
		cmocka_unit_test(ipv4_stands_mapped_in_network_byte_order),
		cmocka_unit_test(bad_ranges_are_refused_with_the_reason),
		cmocka_unit_test(contains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
