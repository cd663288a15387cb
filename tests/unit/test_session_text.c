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

static void a_server_is_known_by_its_name(void **state)
{
	(void)state;
	assert_true(session_text_is_server("812 (sshd) S 811 812"));
	assert_true(session_text_is_server("812 (sshd-session) S 811 812"));
	assert_true(session_text_is_server("812 (dropbear) S 811 812"));
	assert_false(session_text_is_server("812 (ssh) S 811 812"));
	assert_false(session_text_is_server("812 (bash (sshd) S 811 812"));
	assert_false(session_text_is_server(""));
}

#define REST "00000000:00000000 02:000AF5B1 00000000     0        0 16371 4 0000000000000000 20 4 31 10 -1"

static void an_established_connection_has_port_and_number(void **state)
{
	__u64 number = 0;
	__u16 port = 0;

	(void)state;
	assert_true(
		session_text_connection("   1: 0100007F:08AE 0200007F:C350 01 " REST "\n", &port, &number));
	assert_int_equal(port, 2222);
	assert_int_equal(number, 16371);
	assert_true(session_text_connection(
		"  10: 000080FE00000000FF005450B6FE1234:0016 000080FE00000000FF005450B6FE5678:C351 01 " REST,
		&port, &number));
	assert_int_equal(port, 22);
	assert_false(session_text_connection("   0: 00000000:0016 00000000:0000 0A " REST, &port, &number));
	assert_false(session_text_connection("   1: 0100007F:08AE 0200007F:C350 01", &port, &number));
	assert_false(session_text_connection("   1: 0100007F:108AE 0200007F:C350 01 " REST, &port, &number));
	assert_false(session_text_connection(
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
		&port, &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parent_follows_the_name),
		cmocka_unit_test(the_port_is_the_last_of_four),
		cmocka_unit_test(a_server_is_known_by_its_name),
		cmocka_unit_test(an_established_connection_has_port_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
