// SPDX-License-Identifier: GPL-2.0
/* Single values and the table; sources are tested in files of their own. */
#include "common.h"

#include <stdbool.h>

#include "settings_table.h"

#define SECOND 1000000000ULL

static int set(struct settings *settings, const char *name, const char *value)
{
	struct error error = {0};
	int status = settings_set(settings, name, value, SOURCE_OPTION, &error);

	if (status)
		print_error("%s\n", error.text);
	return status;
}

static const char *ports_of(const struct settings *settings)
{
	static char text[128];

	ports_format(&settings->port, text, sizeof(text));
	return text;
}

static void defaults(void **state)
{
	struct settings settings;

	(void)state;
	memset(&settings, 0xff, sizeof(settings));
	settings_default(&settings);
	assert_string_equal(ports_of(&settings), "6515");
	assert_int_equal(settings.interval, SECOND);
	assert_int_equal(settings.thresholds.window, 300 * SECOND);
	assert_int_equal(settings.pairing_window, 5 * SECOND);
	assert_int_equal(settings.max_services, 256);
	assert_string_equal(settings.netns, "all");
	assert_string_equal(settings.pin_dir, "/sys/fs/bpf/relaytrap");
	assert_string_equal(settings.config, "/etc/relaytrap.conf");
	assert_false(settings.json);
	assert_false(settings.batch);
	assert_false(settings.help);
	assert_int_equal(settings.iterations, 0);
	for (size_t i = 0; i < settings_count; i++)
		assert_int_equal(settings_source(&settings, settings_table[i].name), SOURCE_DEFAULT);
}

static void every_row_of_the_table_is_sound(void **state)
{
	static struct settings settings;
	struct error error = {0};
	char name[SETTING_NAME];

	(void)state;
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		settings_default(&settings);
		if (row->fallback && setting_apply(&settings, row, row->fallback, SOURCE_OPTION, &error))
			fail_msg("%s: %s", row->name, error.text);
		assert_ptr_equal(setting_find(row->name), row); /* no name twice */
		assert_true(row->commands);
		assert_true(row->min <= row->max);
		assert_int_equal(row->type == SETTING_FLAG, !row->value);
		if (row->type == SETTING_THRESHOLD) {
			assert_non_null(setting_threshold(row));
			continue;
		}
		assert_true(row->fallback || !(row->places & PLACE_FILE)); /* the default file prints it */
		assert_int_equal(row->help[strlen(row->help) - 1], '.');
		setting_option_name(name, row);
		assert_null(strchr(name, '_'));
		for (size_t j = 0; j < i; j++)
			for (unsigned int command = COMMAND_RUN; command <= COMMAND_LIST; command <<= 1)
				assert_false(setting_letter(row, command) &&
					     setting_letter(row, command) ==
						     setting_letter(&settings_table[j], command));
	}
}

/* Each threshold is a setting, and each value goes to its own field. */
static void every_threshold_is_a_setting(void **state)
{
	struct settings settings;
	struct thresholds expected;
	struct error error;
	char value[24];

	(void)state;
	settings_default(&settings);
	thresholds_default(&expected);
	assert_memory_equal(&settings.thresholds, &expected, sizeof(expected));
	for (size_t i = 0; i < THRESHOLDS; i++) {
		const struct threshold *row = &thresholds_table[i];

		assert_non_null(setting_find(row->name));
		assert_ptr_equal(setting_threshold(setting_find(row->name)), row);
		snprintf(value, sizeof(value), "%llu%s", row->max,
			 row->unit == THRESHOLD_DURATION ? "ns" : "");
		assert_int_equal(thresholds_set(&expected, row->name, value, &error), 0);
		assert_int_equal(set(&settings, row->name, value), 0);
		assert_memory_equal(&settings.thresholds, &expected, sizeof(expected));
	}
}

static void every_setting_reaches_its_field(void **state)
{
	struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "port", "80,443"), 0);
	assert_int_equal(set(&settings, "interval", "250ms"), 0);
	assert_int_equal(set(&settings, "window", "1h"), 0);
	assert_int_equal(set(&settings, "pairing_window", "0s"), 0);
	assert_int_equal(set(&settings, "max_services", "65536"), 0);
	assert_int_equal(set(&settings, "netns", "/run/netns/blue"), 0);
	assert_int_equal(set(&settings, "pin_dir", "/sys/fs/bpf/x"), 0);
	assert_int_equal(set(&settings, "config", "x.conf"), 0);
	assert_int_equal(set(&settings, "json", "yes"), 0);
	assert_int_equal(set(&settings, "batch", "yes"), 0);
	assert_int_equal(set(&settings, "help", "yes"), 0);
	assert_int_equal(set(&settings, "iterations", "1000000000"), 0);
	assert_string_equal(ports_of(&settings), "80,443");
	assert_int_equal(settings.interval, SECOND / 4);
	assert_int_equal(settings.thresholds.window, 3600 * SECOND);
	assert_int_equal(settings.pairing_window, 0);
	assert_int_equal(settings.max_services, 65536);
	assert_string_equal(settings.netns, "/run/netns/blue");
	assert_string_equal(settings.pin_dir, "/sys/fs/bpf/x");
	assert_string_equal(settings.config, "x.conf");
	assert_true(settings.json && settings.batch && settings.help);
	assert_int_equal(settings.iterations, 1000000000);
	assert_int_equal(set(&settings, "json", "no"), 0);
	assert_false(settings.json);
	assert_true(settings.batch);
}

static void delay_is_interval_in_seconds(void **state)
{
	struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "delay", "0.5"), 0);
	assert_int_equal(settings.interval, SECOND / 2);
	assert_int_equal(set(&settings, "delay", "3"), 0);
	assert_int_equal(settings.interval, 3 * SECOND);
	assert_int_equal(set(&settings, "delay", "200ms"), 0);
	assert_int_equal(settings.interval, SECOND / 5);
	assert_int_equal(settings_source(&settings, "interval"), SOURCE_OPTION);
}

static void the_netns_is_all_self_or_a_path(void **state)
{
	struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "netns", "self"), 0);
	assert_string_equal(settings.netns, "self");
	assert_int_equal(set(&settings, "netns", "all"), 0);
	assert_string_equal(settings.netns, "all");
	assert_int_equal(set(&settings, "netns", "/proc/1/ns/net"), 0);
	assert_string_equal(settings.netns, "/proc/1/ns/net");
}

struct refusal {
	const char *name;
	const char *value;
	const char *reason;
};

static void refusals_name_setting_and_cause(void **state)
{
	static const struct refusal cases[] = {
		{"port", "", "port: a port is missing"},
		{"port", "http", "port: \"http\" is not a port"},
		{"port", "0", "port: \"0\": ports start at 1"},
		{"interval", "99ms", "interval: 99ms is out of range: give 100ms to 1h"},
		{"interval", "61m", "interval: 61m is out of range: give 100ms to 1h"},
		{"interval", "1", "interval: \"1\" lacks a unit: write 1s"},
		{"interval", "1 s", "interval: \"1 s\" has an unknown unit"},
		{"delay", "0.05", "delay: 0.05 is out of range: give 100ms to 1h"},
		{"delay", "3601", "delay: 3601 is out of range"},
		{"window", "9s", "window: 9s is out of range: give 10s to 24h"},
		{"window", "25h", "window: 25h is out of range: give 10s to 24h"},
		{"window", "long", "window: \"long\" is not a duration"},
		{"fan_out", "1", "fan_out: 1 is out of range: give 2 to 1000000"},
		{"paired_share", "101%", "paired_share: 101 is out of range: give 1 to 100"},
		{"hold", "25h", "hold: 25h is out of range: give 0s to 24h"},
		{"pairing_window", "2h", "pairing_window: 2h is out of range: give 0s to 1h"},
		{"pairing_window", "-1s", "pairing_window: \"-1s\" is not a duration"},
		{"max_services", "1", "max_services: 1 is out of range: give 2 to 65536"},
		{"max_services", "65537", "max_services: 65537 is out of range: give 2 to 65536"},
		{"max_services", "4294967552",
		 "max_services: 4294967552 is out of range"}, /* 256 in 32 bits */
		{"max_services", "many", "max_services: \"many\" is not a whole number"},
		{"iterations", "0", "iterations: 0 is out of range: give 1 to 1000000000"},
		{"iterations", "1000000001", "iterations: 1000000001 is out of range"},
		{"netns", "blue", "netns: \"blue\" is neither all, self nor an absolute path"},
		{"netns", "run/netns/blue", "netns: \"run/netns/blue\" is neither"},
		{"netns", "All", "netns: \"All\" is neither"},
		{"netns", "", "netns: the path is empty"},
		{"pin_dir", "", "pin_dir: the path is empty"},
		{"pin_dir", "bpf/relaytrap",
		 "pin_dir: \"bpf/relaytrap\" is not an absolute path: begin it with /"},
		{"config", "", "config: the path is empty"},
		{"json", "true", "json: \"true\" is neither yes nor no"},
		{"json", "", "json: \"\" is neither yes nor no"},
		{"netns", "\033]0;x\007", "netns: \"\\x1b]0;x\\x07\" is neither"},
		{"prot", "80", "unknown setting \"prot\"; did you mean port?"},
		{"pairing-window", "1s", "unknown setting \"pairing-window\"; did you mean pairing_window?"},
		{"Port", "80", "unknown setting \"Port\"; did you mean port?"},
		{"colour", "red", "unknown setting \"colour\"; relaytrap help config lists them all"},
		{"", "80", "unknown setting \"\"; relaytrap help config"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings settings, before;
		struct error error = {0};

		settings_default(&settings);
		before = settings;
		if (settings_set(&settings, cases[i].name, cases[i].value, SOURCE_OPTION, &error) != -1)
			fail_msg("%s = %s accepted", cases[i].name, cases[i].value);
		assert_contains(error.text, cases[i].reason);
		assert_memory_equal(&settings, &before, sizeof(settings));
	}
}

static void paths_fit_or_are_refused(void **state)
{
	static const char *const names[] = {"netns", "pin_dir", "config", "record", "file"};
	struct settings settings;
	struct error error = {0};
	char path[PATH_MAX + 1];

	(void)state;
	settings_default(&settings);
	memset(path, '/', sizeof(path));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		path[PATH_MAX - 1] = '\0';
		assert_int_equal(settings_set(&settings, names[i], path, SOURCE_OPTION, &error), 0);
		path[PATH_MAX - 1] = '/';
		path[PATH_MAX] = '\0';
		assert_int_equal(settings_set(&settings, names[i], path, SOURCE_OPTION, &error), -1);
		assert_contains(error.text, "longer than a path may be (4095 bytes)");
	}
	assert_int_equal(strlen(settings.config), PATH_MAX - 1);
	assert_int_equal(set(&settings, "config", "/short"), 0);
	assert_string_equal(settings.config, "/short");
}

static void some_settings_stand_nowhere_but_on_the_command_line(void **state)
{
	static const char *const names[] = {"json", "batch", "iterations", "delay", "help"};
	struct settings settings;
	struct error error = {0};
	char option[32];

	(void)state;
	settings_default(&settings);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(option, sizeof(option), "command line, --%s", names[i]);
		assert_int_equal(settings_set(&settings, names[i], "1", SOURCE_FILE, &error), -1);
		assert_contains(error.text, option);
		assert_int_equal(settings_set(&settings, names[i], "1", SOURCE_ENVIRONMENT, &error), -1);
		assert_contains(error.text, option);
	}
}

static void a_file_does_not_name_another_file(void **state)
{
	struct settings settings;
	struct error error = {0};

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_set(&settings, "config", "/x", SOURCE_FILE, &error), -1);
	assert_contains(error.text, "config cannot stand here: give it as --config or in the environment as "
				    "RELAYTRAP_CONFIG");
	assert_int_equal(settings_set(&settings, "config", "/x", SOURCE_ENVIRONMENT, &error), 0);
}

static void the_stronger_source_wins_in_any_order(void **state)
{
	static const struct {
		enum settings_source source;
		const char *value;
	} values[] = {{SOURCE_FILE, "10s"}, {SOURCE_ENVIRONMENT, "20s"}, {SOURCE_OPTION, "30s"}};
	static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct settings settings;
	struct error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		settings_default(&settings);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(settings_set(&settings, "interval", values[orders[i][j]].value,
						      values[orders[i][j]].source, &error),
					 0);
		assert_int_equal(settings.interval, 30 * SECOND);
		assert_int_equal(settings_source(&settings, "interval"), SOURCE_OPTION);
	}
}

static void the_last_value_of_one_source_counts(void **state)
{
	struct settings settings;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "interval", "10s"), 0);
	assert_int_equal(set(&settings, "interval", "20s"), 0);
	assert_int_equal(settings.interval, 20 * SECOND);
}

static void a_delay_beats_an_interval_of_the_file(void **state)
{
	struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "delay", "2"), 0);
	assert_int_equal(settings_set(&settings, "interval", "10s", SOURCE_FILE, &error), 0);
	assert_int_equal(settings.interval, 2 * SECOND);
}

static void ports_of_one_source_add_up(void **state)
{
	struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_set(&settings, "port", "80", SOURCE_FILE, &error), 0);
	assert_string_equal(ports_of(&settings), "80"); /* not 6515 any more */
	assert_int_equal(settings_set(&settings, "port", "443,8000-8010", SOURCE_FILE, &error), 0);
	assert_string_equal(ports_of(&settings), "80,443,8000-8010");
	assert_int_equal(settings_set(&settings, "port", "25", SOURCE_ENVIRONMENT, &error), 0);
	assert_string_equal(ports_of(&settings), "25");
	assert_int_equal(settings_set(&settings, "port", "26", SOURCE_FILE, &error), 0);
	assert_string_equal(ports_of(&settings), "25");
	assert_int_equal(settings_set(&settings, "port", "465", SOURCE_OPTION, &error), 0);
	assert_int_equal(settings_set(&settings, "port", "587", SOURCE_OPTION, &error), 0);
	assert_string_equal(ports_of(&settings), "465,587");
}

static void a_bad_value_is_refused_even_where_it_would_not_count(void **state)
{
	struct settings settings;
	struct error error = {0};

	(void)state;
	settings_default(&settings);
	assert_int_equal(set(&settings, "window", "1h"), 0);
	assert_int_equal(settings_set(&settings, "window", "1", SOURCE_FILE, &error), -1);
	assert_contains(error.text, "window: \"1\" lacks a unit");
	assert_int_equal(settings.thresholds.window, 3600 * SECOND);
}

static void a_refused_port_leaves_the_others(void **state)
{
	struct settings settings;
	struct error error = {0};

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_set(&settings, "port", "nonsense", SOURCE_FILE, &error), -1);
	assert_string_equal(ports_of(&settings), "6515");
	assert_int_equal(settings_source(&settings, "port"), SOURCE_DEFAULT);
	assert_int_equal(settings_set(&settings, "port", "80", SOURCE_FILE, &error), 0);
	assert_int_equal(settings_set(&settings, "port", "90,nonsense", SOURCE_FILE, &error), -1);
	assert_string_equal(ports_of(&settings), "80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_row_of_the_table_is_sound),
		cmocka_unit_test(every_threshold_is_a_setting),
		cmocka_unit_test(every_setting_reaches_its_field),
		cmocka_unit_test(delay_is_interval_in_seconds),
		cmocka_unit_test(the_netns_is_all_self_or_a_path),
		cmocka_unit_test(refusals_name_setting_and_cause),
		cmocka_unit_test(paths_fit_or_are_refused),
		cmocka_unit_test(some_settings_stand_nowhere_but_on_the_command_line),
		cmocka_unit_test(a_file_does_not_name_another_file),
		cmocka_unit_test(the_stronger_source_wins_in_any_order),
		cmocka_unit_test(the_last_value_of_one_source_counts),
		cmocka_unit_test(a_delay_beats_an_interval_of_the_file),
		cmocka_unit_test(ports_of_one_source_add_up),
		cmocka_unit_test(a_bad_value_is_refused_even_where_it_would_not_count),
		cmocka_unit_test(a_refused_port_leaves_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
