// SPDX-License-Identifier: GPL-2.0
/* The operator's remote session, in the texts of /proc. */
#include "common.h"

#include "session_text.h"

static void the_parent_follows_the_name(void **state)
{
	(void)state;
	assert_int_equal(session_text_parent("812 (bash) S 811 812 812 34816 900"), 811);
	assert_int_equal(session_text_parent("812 (a) S 1 (b) R 77 1"), 77);
	assert_int_equal(session_text_parent("1 (systemd) S 0 1 1"), 0);
	assert_int_equal(session_text_parent("812 (bash) S x 812"), 0);
	assert_int_equal(session_text_parent("812 (bash)"), 0);
	assert_int_equal(session_text_parent(""), 0);
	assert_int_equal(session_text_parent("812 (bash) S 99999999999 1"), 0);
}

#define PORT(text) session_text_port(text, sizeof(text))

static void the_port_is_the_last_of_four(void **state)
{
	(void)state;
	assert_int_equal(PORT("HOME=/root\0SSH_CONNECTION=192.0.2.7 50000 192.0.2.1 2222\0TERM=x"), 2222);
	assert_int_equal(PORT("SSH_CONNECTION=fe80::1%eth0 50000 fe80::2%eth0 22"), 22);
	assert_int_equal(PORT("NOT_SSH_CONNECTION=192.0.2.7 50000 192.0.2.1 2222"), 0);
	assert_int_equal(PORT("SSH_CONNECTION=192.0.2.7 50000 192.0.2.1"), 0);
	assert_int_equal(PORT("SSH_CONNECTION=a b c 70000"), 0);
	assert_int_equal(PORT("SSH_CONNECTION=a b c 22x"), 0);
	assert_int_equal(PORT("SSH_CONNECTION="), 0);
	assert_int_equal(PORT(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parent_follows_the_name),
		cmocka_unit_test(the_port_is_the_last_of_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
