// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proc_text.h"

#define TAIL " S 1 1 1 0 -1 4194560 3 4 5 6 7 8 9 10 20 0 12 0 4711 1000 20 18446744073709551615 1\n"

static void stat_fields(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_true(proc_text_stat(&stat, "42 (nginx)" TAIL));
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.threads, 12);
	assert_int_equal(stat.start, 4711);
}

static void stat_of_a_process_with_any_name(void **state)
{
	static const char *const names[] = {
		"42 ()" TAIL,   "42 (a b)" TAIL,          "42 () Z 1 1 1 0 -1 0 0)" TAIL,
		"42 (\n)" TAIL, "42 (\xff\xfe%s%n)" TAIL,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct proc_stat stat = {0};

		assert_true(proc_text_stat(&stat, names[i]));
		assert_int_equal(stat.state, 'S');
		assert_int_equal(stat.start, 4711);
	}
}

static void not_a_stat_file(void **state)
{
	struct proc_stat stat;

	(void)state;
	assert_false(proc_text_stat(&stat, ""));
	assert_false(proc_text_stat(&stat, "42 (nginx"));
	assert_false(proc_text_stat(&stat, "42 (nginx)"));
	assert_false(proc_text_stat(&stat, "42 (nginx) S 1 1 1 0 -1 4194560 3 4 5 6 7 8 9 10 20 0 12 0"));
}

static void check_cgroup(const char *text, const char *expected)
{
	char path[64];

	memset(path, 'x', sizeof(path));
	proc_text_cgroup(path, sizeof(path), text);
	assert_string_equal(path, expected);
}

static void cgroups(void **state)
{
	(void)state;
	check_cgroup("0::/system.slice/nginx.service\n", "/system.slice/nginx.service");
	check_cgroup("12:pids:/p\n1:name=systemd:/system.slice/nginx.service\n0::/\n",
		     "/system.slice/nginx.service");
	check_cgroup("0::/\n1:name=systemd:/s\n", "/s");
	check_cgroup("2:cpu:/docker/1\n1:name=systemd:/docker/1\n", "/docker/1");
	check_cgroup("1:name=systemd:/v1\n0::/v2\n", "/v2");
	check_cgroup("0::/a:0::/b\n", "/a:0::/b");
	check_cgroup("0::/x.service (deleted)\n", "/x.service");
	check_cgroup("0::/\n", "/");
	check_cgroup("0::/no newline", "/no newline");
	check_cgroup("3:cpu:/c\n", "");
	check_cgroup("", "");
	check_cgroup("\n\n:\n0:", "");
}

static void cgroup_cut_to_size(void **state)
{
	char path[5] = "xxxx";

	(void)state;
	proc_text_cgroup(path, sizeof(path), "0::/system.slice\n");
	assert_string_equal(path, "/sys");
	proc_text_cgroup(path, 0, "0::/other\n");
	assert_string_equal(path, "/sys");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_fields),        cmocka_unit_test(stat_of_a_process_with_any_name),
		cmocka_unit_test(not_a_stat_file),    cmocka_unit_test(cgroups),
		cmocka_unit_test(cgroup_cut_to_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
