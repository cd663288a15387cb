// SPDX-License-Identifier: GPL-2.0
/* Values that are a choice or a list, and the arguments of a command. */
#include "common.h"

#include "settings.h"

static int set(struct settings *settings, const char *name, const char *value, enum settings_source source)
{
	struct error error = {0};
	int status = settings_set(settings, name, value, source, &error);

	if (status)
		print_error("%s\n", error.text);
	return status;
}

static void expect_words(const struct words *words, const char *expected)
{
	char text[256] = "";

	for (const char *word = words_next(words, NULL); word; word = words_next(words, word)) {
		strcat(text, word);
		strcat(text, ";");
	}
	assert_string_equal(text, expected);
}

static void a_choice_is_one_of_its_words(void **state)
{
	static struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings.mode, RT_OBSERVE);
	assert_int_equal(settings.xdp, XDP_AUTO);
	assert_int_equal(set(&settings, "mode", "dry-run", SOURCE_FILE), 0);
	assert_int_equal(settings.mode, RT_DRY_RUN);
	assert_int_equal(set(&settings, "mode", "enforce", SOURCE_OPTION), 0);
	assert_int_equal(settings.mode, RT_ENFORCE);
	assert_int_equal(set(&settings, "xdp", "generic", SOURCE_OPTION), 0);
	assert_int_equal(settings.xdp, XDP_GENERIC);
	assert_int_equal(settings_set(&settings, "mode", "kill", SOURCE_OPTION, &error), -1);
	assert_string_equal(error.text, "mode: \"kill\" is none of: observe, dry-run, enforce");
	assert_int_equal(settings.mode, RT_ENFORCE);
}

static void lists_of_one_source_add_up(void **state)
{
	static struct settings settings;

	(void)state;
	settings_default(&settings);
	expect_words(&settings.allow, "");
	assert_int_equal(set(&settings, "allow", "10.0.0.0/8, 192.0.2.0/24", SOURCE_FILE), 0);
	assert_int_equal(set(&settings, "allow", "2001:db8::/32", SOURCE_FILE), 0);
	expect_words(&settings.allow, "10.0.0.0/8;192.0.2.0/24;2001:db8::/32;");
	assert_int_equal(set(&settings, "allow", "192.0.2.7", SOURCE_OPTION), 0);
	expect_words(&settings.allow, "192.0.2.7;");
	assert_int_equal(set(&settings, "allow", "10.0.0.0/8", SOURCE_FILE), 0);
	expect_words(&settings.allow, "192.0.2.7;");
	assert_int_equal(set(&settings, "interface", "eth0 eth1.7", SOURCE_FILE), 0);
	expect_words(&settings.interface, "eth0;eth1.7;");
	settings_forget_file(&settings);
	expect_words(&settings.interface, "");
	expect_words(&settings.allow, "192.0.2.7;");
}

static void bad_words_are_refused_and_change_nothing(void **state)
{
	static const char *const cases[][3] = {
		{"allow", "192.0.2.0/24,nonsense", "no address range"},
		{"interface", "a-name-that-is-too-long", "no name of an interface"},
		{"interface", "../x", "no name of an interface"},
		{"exempt", "sshd", "/path/of/program"},
		{"exempt", "unit:", "/path/of/program"},
		{"exempt", "cgroup:relative", "/path/of/program"},
		{"fuse", "65", "64"},
		{"block", "any", "65535 ports are more than can be blocked, 255"},
		{"block", "8000-8255", "256 ports are more"},
		{"block", "0", "ports start at 1"},
		{"port", "", "port"},
		{"prom_dir", "relative", "not an absolute path"},
	};
	static struct settings settings, before;
	struct error error;

	(void)state;
	settings_default(&settings);
	before = settings;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(settings_set(&settings, cases[i][0], cases[i][1], SOURCE_FILE, &error), -1);
		assert_contains(error.text, cases[i][0]);
		assert_contains(error.text, cases[i][2]);
		assert_memory_equal(&settings, &before, sizeof(settings));
	}
}

static void blocks_of_one_source_add_up(void **state)
{
	static struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(ports_count(&settings.block), 0);
	assert_int_equal(set(&settings, "block", "", SOURCE_FILE), 0);
	assert_int_equal(ports_count(&settings.block), 0);
	assert_int_equal(set(&settings, "block", "8000-8253", SOURCE_FILE), 0);
	assert_int_equal(set(&settings, "block", "6515,8000", SOURCE_FILE), 0);
	assert_int_equal(ports_count(&settings.block), 255);
	assert_true(ports_contain(&settings.block, 6515));
	assert_int_equal(settings_set(&settings, "block", "25", SOURCE_FILE, &error), -1);
	assert_string_equal(error.text, "block: 256 ports are more than can be blocked, 255");
	assert_int_equal(ports_count(&settings.block), 255);
	settings_forget_file(&settings);
	assert_int_equal(ports_count(&settings.block), 0);
}

static void exemptions(void **state)
{
	static struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "exempt",
			     "/usr/sbin/exim4,unit:mail.service,cgroup:/system.slice,user:postfix",
			     SOURCE_FILE),
			 0);
	assert_int_equal(settings.exempt.count, 4);
}

static void arguments_are_those_left_on_the_command_line(void **state)
{
	static struct settings settings;
	char *argv[] = {"block", "25", "--force", "6515", NULL};
	char *none[] = {"block", NULL};
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_parse_options(&settings, COMMAND_BLOCK, 4, argv, &error), 0);
	assert_int_equal(settings.argument_count, 2);
	assert_string_equal(settings.arguments[0], "25");
	assert_string_equal(settings.arguments[1], "6515");
	assert_true(settings.force);
	settings_default(&settings);
	assert_int_equal(settings_parse_options(&settings, COMMAND_BLOCK, 1, none, &error), -1);
	assert_string_equal(error.text, "block needs an argument: relaytrap block PORT...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_choice_is_one_of_its_words),
		cmocka_unit_test(lists_of_one_source_add_up),
		cmocka_unit_test(bad_words_are_refused_and_change_nothing),
		cmocka_unit_test(blocks_of_one_source_add_up),
		cmocka_unit_test(exemptions),
		cmocka_unit_test(arguments_are_those_left_on_the_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
