// SPDX-License-Identifier: GPL-2.0
/* Settings from the command line and from the environment. */
#include "common.h"

#include <stdbool.h>

#include "settings.h"

#define SECOND 1000000000ULL

static const char *ports_of(const struct settings *settings)
{
	static char text[128];

	ports_format(&settings->port, text, sizeof(text));
	return text;
}

/* Parses @line, words apart by one blank, the first of them the command's name. */
static int options(struct settings *settings, enum command_bit command, const char *line, struct error *error)
{
	char *copy = strdup(line), *words[MAX_WORDS + 1];
	int count = split_words(words, copy);
	int status = settings_parse_options(settings, command, count, words, error);

	free(copy);
	return status;
}

static void check_options(struct settings *settings, enum command_bit command, const char *line)
{
	struct error error = {0};

	settings_default(settings);
	if (options(settings, command, line, &error))
		fail_msg("\"%s\": %s", line, error.text);
}

static void no_options_change_nothing(void **state)
{
	struct settings settings, defaults;

	(void)state;
	settings_default(&defaults);
	check_options(&settings, COMMAND_RUN, "run");
	assert_memory_equal(&settings, &defaults, sizeof(settings));
	check_options(&settings, COMMAND_RUN, "run --");
	assert_memory_equal(&settings, &defaults, sizeof(settings));
}

static void options_of_top(void **state)
{
	struct settings settings;

	(void)state;
	check_options(&settings, COMMAND_TOP, "top -b -n 3 -d 0.5");
	assert_true(settings.batch);
	assert_int_equal(settings.iterations, 3);
	assert_int_equal(settings.interval, SECOND / 2);
	check_options(&settings, COMMAND_TOP, "top -bn3 -d2");
	assert_true(settings.batch);
	assert_int_equal(settings.iterations, 3);
	assert_int_equal(settings.interval, 2 * SECOND);
	check_options(&settings, COMMAND_TOP, "top --batch --iterations=3 --delay=1.5 --interval 2s");
	assert_int_equal(settings.interval, 2 * SECOND);
}

/* As in procps' top, where -p is no port. */
static void processes_of_top(void **state)
{
	static const char *const bad[] = {"top -p 0", "top -p x", "top -p 1,-2", "top --pid=4194305"};
	struct settings settings;
	struct error error;

	(void)state;
	check_options(&settings, COMMAND_TOP, "top -p 17,4711 -p 9 --port 80");
	assert_int_equal(settings.pid.count, 3);
	assert_string_equal(words_next(&settings.pid, words_next(&settings.pid, NULL)), "4711");
	assert_string_equal(ports_of(&settings), "80");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		settings_default(&settings);
		assert_int_equal(options(&settings, COMMAND_TOP, bad[i], &error), -1);
		assert_contains(error.text, "--pid: ");
	}
	assert_int_equal(options(&settings, COMMAND_STATUS, "status -p 80", &error), -1);
}

static void options_of_run(void **state)
{
	struct settings settings;

	(void)state;
	check_options(&settings, COMMAND_RUN, "run -p 80 --port=443,8000-8010 --pairing-window 3s");
	assert_string_equal(ports_of(&settings), "80,443,8000-8010");
	assert_int_equal(settings.pairing_window, 3 * SECOND);
	assert_int_equal(settings_source(&settings, "port"), SOURCE_OPTION);
	check_options(&settings, COMMAND_RUN, "run -c /x --netns self --pin-dir /y");
	assert_string_equal(settings.config, "/x");
	assert_string_equal(settings.netns, "self");
	assert_string_equal(settings.pin_dir, "/y");
}

static void options_may_be_cut_short(void **state)
{
	struct settings settings;

	(void)state;
	check_options(&settings, COMMAND_RUN, "run --pairi 3s --win 10s");
	assert_int_equal(settings.pairing_window, 3 * SECOND);
	assert_int_equal(settings.thresholds.window, 10 * SECOND);
}

static void help_is_an_option_of_each_command(void **state)
{
	struct settings settings;

	(void)state;
	for (unsigned int command = COMMAND_RUN; command <= COMMAND_REPLAY; command <<= 1) {
		check_options(&settings, command, "name --help");
		assert_true(settings.help);
		check_options(&settings, command, "name -h");
		assert_true(settings.help);
	}
}

struct option_refusal {
	enum command_bit command;
	const char *line;
	const char *reason;
};

static void refused_options_say_why(void **state)
{
	static const struct option_refusal cases[] = {
		{COMMAND_RUN, "run --prot 80", "run has no option --prot; did you mean --port?"},
		{COMMAND_RUN, "run --prot=80", "run has no option --prot; did you mean --port?"},
		{COMMAND_RUN, "run --pairing_window 1s", "did you mean --pairing-window?"},
		{COMMAND_RUN, "run --colour", "run has no option --colour; see relaytrap help run"},
		{COMMAND_RUN, "run --json", "run has no option --json; see relaytrap help run"},
		{COMMAND_RUN, "run -b", "run has no option -b; see relaytrap help run"},
		{COMMAND_RUN, "run -:", "run has no option -:; see"},
		{COMMAND_RUN, "run -?", "run has no option -?; see"},
		{COMMAND_RUN, "run -\x1b", "run has no option -\\x1b; see"},
		{COMMAND_RUN, "run --\x1b[m", "run has no option --\\x1b[m; see"},
		{COMMAND_TOP, "top -bx", "top has no option -x"},
		{COMMAND_UNLOAD, "unload --port 80", "unload has no option --port; see"},
		{COMMAND_RUN, "run --p 80", "--p may mean --"},
		{COMMAND_RUN, "run --pi=3 --p=80", "--pi"},
		{COMMAND_RUN, "run --port", "--port needs a value: --port PORTS"},
		{COMMAND_RUN, "run -p", "--port needs a value: --port PORTS"},
		{COMMAND_TOP, "top -bn", "--iterations needs a value: --iterations NUMBER"},
		{COMMAND_TOP, "top --batch=yes", "--batch takes no value"},
		{COMMAND_RUN, "run --port= --batch", "--port: a port is missing"},
		{COMMAND_RUN, "run --port --window", "--port: \"--window\" is not a port"},
		{COMMAND_RUN, "run --pairing-window 5", "--pairing-window: \"5\" lacks a unit: write 5s"},
		{COMMAND_TOP, "top -n -1", "--iterations: \"-1\" is not a whole number"},
		{COMMAND_TOP, "top -d 0", "--delay: 0 is out of range: give 100ms to 1h"},
		{COMMAND_TOP, "top --interval 1", "--interval: \"1\" lacks a unit"},
		{COMMAND_RUN, "run 6515", "unexpected argument \"6515\"; see relaytrap help run"},
		{COMMAND_RUN, "run 6515 --window 1h", "unexpected argument \"6515\""},
		{COMMAND_RUN, "run -- --window", "unexpected argument \"--window\""},
		{COMMAND_RUN, "run -", "unexpected argument \"-\""},
		{COMMAND_RUN, "run ", "unexpected argument \"\""},
		{COMMAND_RUN, "run --an-option-far-longer-than-any-that-there-is-or-will-be-in-this-table=1",
		 "unknown option --an-option-far"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings settings;
		struct error error = {0};

		settings_default(&settings);
		if (options(&settings, cases[i].command, cases[i].line, &error) != -1)
			fail_msg("\"%s\" accepted", cases[i].line);
		assert_contains(error.text, cases[i].reason);
	}
}

static void replay_takes_a_file_and_changes(void **state)
{
	struct settings settings;
	struct error error = {0};

	(void)state;
	check_options(&settings, COMMAND_REPLAY, "replay --set fan_out=30 /x.rec --set hold=1h");
	assert_string_equal(settings.file, "/x.rec");
	assert_int_equal(settings.thresholds.fan_out, 30);
	assert_int_equal(settings.thresholds.hold, 3600 * SECOND);
	assert_int_equal(settings_source(&settings, "fan_out"), SOURCE_OPTION);
	assert_int_equal(settings_source(&settings, "mail_fan_out"), SOURCE_DEFAULT);
	for (size_t i = 0; i < 6; i++) {
		static const struct option_refusal cases[] = {
			{COMMAND_REPLAY, "replay", "replay needs an argument: relaytrap replay FILE"},
			{COMMAND_REPLAY, "replay x y", "unexpected argument \"y\""},
			{COMMAND_REPLAY, "replay x --set fan_out", "--set: \"fan_out\" is not NAME=VALUE"},
			{COMMAND_REPLAY, "replay x --set fan_out=1", "--set: fan_out: 1 is out of range"},
			{COMMAND_REPLAY, "replay x --set port=1", "--set: no threshold is called \"port\""},
			{COMMAND_REPLAY, "replay --file x", "replay has no option --file"},
		};

		settings_default(&settings);
		assert_int_equal(options(&settings, cases[i].command, cases[i].line, &error), -1);
		assert_contains(error.text, cases[i].reason);
	}
	check_options(&settings, COMMAND_REPLAY, "replay --help");
}

static void an_unclear_option_names_two_that_it_may_be(void **state)
{
	struct settings settings;
	struct error error = {0};

	(void)state;
	settings_default(&settings);
	assert_int_equal(options(&settings, COMMAND_RUN, "run --p 80", &error), -1);
	assert_string_equal(error.text, "--p may mean --prom-services or --pin-dir: write it out");
}

static void an_error_leaves_no_trace(void **state)
{
	char line[] = "top -xb", *words[MAX_WORDS + 1];
	struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	/* getopt stops within a word, and remembers where: the word must live on to show it. */
	assert_int_equal(
		settings_parse_options(&settings, COMMAND_TOP, split_words(words, line), words, &error), -1);
	check_options(&settings, COMMAND_TOP, "top -n 4");
	assert_int_equal(settings.iterations, 4);
	assert_false(settings.batch);
}

static void the_environment_is_read(void **state)
{
	char line[] = "PATH=/bin RELAYTRAP_PORT=80,443 RELAYTRAP_PAIRING_WINDOW=3s RELAYTRAP_CONFIG=/x "
		      "RELAYTRAP_JSON=yes "
		      "RELAYTRAP_UNHEARD_OF=1 RELAYTRAP_WINDO=1 RELAYTRAP_WINDOWS=1 relaytrap_window=1 "
		      "RELAYTRAP_WINDOW";
	char *environment[MAX_WORDS + 1];
	struct settings settings;
	struct error error = {0};

	(void)state;
	assert_int_equal(split_words(environment, line), 10);
	settings_default(&settings);
	assert_int_equal(settings_parse_environment(&settings, environment, &error), 0);
	assert_string_equal(ports_of(&settings), "80,443");
	assert_int_equal(settings.pairing_window, 3 * SECOND);
	assert_string_equal(settings.config, "/x");
	assert_int_equal(settings.thresholds.window, 300 * SECOND);
	assert_false(settings.json);
	assert_int_equal(settings_source(&settings, "pairing_window"), SOURCE_ENVIRONMENT);
}

static void errors_name_the_variable(void **state)
{
	static const char *const cases[][2] = {
		{"RELAYTRAP_PORT=", "RELAYTRAP_PORT: a port is missing"},
		{"RELAYTRAP_PAIRING_WINDOW=5", "RELAYTRAP_PAIRING_WINDOW: \"5\" lacks a unit"},
		{"RELAYTRAP_PIN_DIR=x=y", "RELAYTRAP_PIN_DIR: \"x=y\" is not an absolute path"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char variable[64];
		char *const environment[] = {variable, NULL};
		struct settings settings;
		struct error error = {0};

		snprintf(variable, sizeof(variable), "%s", cases[i][0]);
		settings_default(&settings);
		assert_int_equal(settings_parse_environment(&settings, environment, &error), -1);
		assert_contains(error.text, cases[i][1]);
	}
}

static void an_empty_environment_is_fine(void **state)
{
	char *const environment[] = {NULL};
	struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_parse_environment(&settings, environment, &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_options_change_nothing),
		cmocka_unit_test(options_of_top),
		cmocka_unit_test(processes_of_top),
		cmocka_unit_test(options_of_run),
		cmocka_unit_test(options_may_be_cut_short),
		cmocka_unit_test(help_is_an_option_of_each_command),
		cmocka_unit_test(refused_options_say_why),
		cmocka_unit_test(replay_takes_a_file_and_changes),
		cmocka_unit_test(an_unclear_option_names_two_that_it_may_be),
		cmocka_unit_test(an_error_leaves_no_trace),
		cmocka_unit_test(the_environment_is_read),
		cmocka_unit_test(errors_name_the_variable),
		cmocka_unit_test(an_empty_environment_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
