// SPDX-License-Identifier: GPL-2.0
/* Settings from the configuration file. */
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

static void check_file(struct settings *settings, const char *text)
{
	struct error error = {0};

	settings_default(settings);
	if (settings_parse_file(settings, "test.conf", text, &error))
		fail_msg("%s\nin: %s", error.text, text);
}

static void a_file(void **state)
{
	struct settings settings;

	(void)state;
	check_file(&settings, "# watch the web\n"
			      "[relaytrap]\n"
			      "\n"
			      "port = 80\n"
			      "port=443,8000-8010\n"
			      "pairing_window = 3s\n"
			      "; enough\n"
			      "netns = /run/netns/blue\n");
	assert_string_equal(ports_of(&settings), "80,443,8000-8010");
	assert_int_equal(settings.pairing_window, 3 * SECOND);
	assert_string_equal(settings.netns, "/run/netns/blue");
	assert_int_equal(settings_source(&settings, "netns"), SOURCE_FILE);
	assert_int_equal(settings_source(&settings, "window"), SOURCE_DEFAULT);
}

static void files_without_settings(void **state)
{
	static const char *const cases[] = {"",
					    "\n",
					    "\n\n\n",
					    "# only this",
					    "[relaytrap]",
					    "[relaytrap]\n",
					    "  \t \n ",
					    "\xef\xbb\xbf",
					    "\xef\xbb\xbf[relaytrap]\n"};
	struct settings settings, defaults;

	(void)state;
	settings_default(&defaults);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check_file(&settings, cases[i]);
		assert_memory_equal(&settings, &defaults, sizeof(settings));
	}
}

static void forms_of_one_line(void **state)
{
	static const char *const cases[] = {
		"window=10s",
		"window = 10s\n",
		"window=10s\r\n",
		"  window   =   10s   \n",
		"\twindow\t=\t10s\n",
		"window: 10s\n",
		"window = 10s ; short",
		"\xef\xbb\xbfwindow = 10s\n",
		"[relaytrap]\nwindow = 10s",
		"[relaytrap]\r\n\r\nwindow = 10s\r\n",
		"window = 1h\nwindow = 10s\n",
		"\n\n\n\nwindow = 10s",
	};
	struct settings settings;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check_file(&settings, cases[i]);
		assert_int_equal(settings.thresholds.window, 10 * SECOND);
	}
}

static void an_indented_line_is_one_of_its_own(void **state)
{
	struct settings settings;

	(void)state;
	check_file(&settings, "[relaytrap]\n  port = 80\n    window = 10s\n\tport = 443\n");
	assert_string_equal(ports_of(&settings), "80,443");
	assert_int_equal(settings.thresholds.window, 10 * SECOND);
}

static void a_long_comment_is_no_trouble(void **state)
{
	char text[4000], *end = text;
	struct settings settings;

	(void)state;
	end = stpcpy(end, "# ");
	memset(end, '=', 3000);
	strcpy(end + 3000, "\nwindow = 10s\n");
	check_file(&settings, text);
	assert_int_equal(settings.thresholds.window, 10 * SECOND);
}

struct refusal {
	const char *text;
	const char *reason;
};

static void errors_give_file_line_and_reason(void **state)
{
	static const struct refusal cases[] = {
		{"prot = 80", "test.conf:1: unknown setting \"prot\"; did you mean port?"},
		{"# x\n\n[relaytrap]\npairing-window = 1s\n", "test.conf:4: unknown setting "
							      "\"pairing-window\"; did you mean "
							      "pairing_window?"},
		{"colour = red", "test.conf:1: unknown setting \"colour\"; relaytrap help config lists them "
				 "all"},
		{"window = 10s\nwindow = 9s\n", "test.conf:2: window: 9s is out of range: give 10s to 24h"},
		{"window =", "test.conf:1: window: \"\" is not a duration"},
		{"window = 10s # ten", "test.conf:1: window: \"10s # ten\" has an unknown unit"},
		{"port = 80\n  443\n",
		 "test.conf:2: neither name = value nor [relaytrap] nor [port PORTS] nor a # comment"},
		{"port = 80, 443\n", "test.conf:1: port: \" 443\" is not a port"},
		{"port = \"80\"\n", "test.conf:1: port: \"\"80\"\" is not a port"},
		{"\r\nport\r\n", "test.conf:2: neither name = value"},
		{"[relaytrap\nwindow = 10s\n", "test.conf:1: neither name = value"},
		{"[daemon]\nwindow = 10s\n", "test.conf:2: unknown section [daemon]; there are "
					     "[relaytrap] and [port PORTS]"},
		{"[relaytrap]\nwindow = 10s\n[Relaytrap]\nwindow = 20s\n", "test.conf:4: unknown section "
									   "[Relaytrap]"},
		{"= 10s\n", "test.conf:1: unknown setting \"\""},
		{"config = /x\n", "test.conf:1: config cannot stand here"},
		{"json = yes\n", "test.conf:1: json cannot stand here: it is an option of the command line, "
				 "--json"},
		{"delay = 1\n", "test.conf:1: delay cannot stand here"},
		{"port = 80\nport = nonsense\nport = more\n", "test.conf:2: port: \"nonsense\" is not a "
							      "port"},
		{"port\nport = nonsense\n", "test.conf:1: neither name = value"},
		{"port = nonsense\nport\n", "test.conf:1: port: \"nonsense\" is not a port"},
		{"\n[port 25]\nfan_out = 1\n", "test.conf:3: [port 25] fan_out: 1 is out of range"},
		{"[port 25]\nfanout = 9\n", "test.conf:2: [port 25] no threshold is called \"fanout\": did "
					    "you mean fan_out?"},
		{"[port 25]\nwindow = 1m\n", "test.conf:2: [port 25] window is one for all ports"},
		{"[port 25]\nport = 26\n", "test.conf:2: [port 25] no threshold is called \"port\""},
		{"[port 0]\nhold = 1m\n", "test.conf:2: [port 0] \"0\": ports start at 1"},
		{"[port]\nhold = 1m\n", "test.conf:2: unknown section [port]"},
		{"[ports 25]\nhold = 1m\n", "test.conf:2: unknown section [ports 25]"},
		{"[port 11111,11112,11113,11114,11115,11116,11117,11118]\nhold = 1m\n", "name is too long"},
		{"port = \x1b[2J\n", "test.conf:1: port: \"\\x1b[2J\" is not a port"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings settings;
		struct error error = {0};

		settings_default(&settings);
		if (settings_parse_file(&settings, "test.conf", cases[i].text, &error) != -1)
			fail_msg("accepted: %s", cases[i].text);
		assert_contains(error.text, cases[i].reason);
	}
}

/* The window of all, and the rest as the last section that has the port says. */
static void ports_have_thresholds_of_their_own(void **state)
{
	static const char text[] = "fan_out = 30\n"
				   "[port 25,587]\nfan_out = 50\nhold = 1h\n"
				   "[port 8000-8100]\nfan_out = 100\n"
				   "[port 25]\nmail_fan_out = 9\n"
				   "[port 25,587]\npaired_share = 60%\n"
				   "[port  8050]\nfan_out = 70\n";
	static const __u16 mail[] = {25}, submission[] = {80, 587}, web[] = {8000}, both[] = {8050, 587};
	struct thresholds t;
	struct settings settings;
	struct error error;

	(void)state;
	check_file(&settings, text);
	assert_int_equal(settings.port_section_count, 4);
	settings_thresholds(&t, &settings, NULL, 0);
	assert_memory_equal(&t, &settings.thresholds, sizeof(t));
	assert_int_equal(t.fan_out, 30);
	settings_thresholds(&t, &settings, mail, 1);
	assert_int_equal(t.fan_out, 50);
	assert_int_equal(t.hold, 3600 * SECOND);
	assert_int_equal(t.mail_fan_out, 9);
	assert_int_equal(t.paired_share, 60);
	assert_int_equal(t.window, 300 * SECOND);
	settings_thresholds(&t, &settings, submission, 2);
	assert_int_equal(t.fan_out, 50);
	assert_int_equal(t.mail_fan_out, 8);
	settings_thresholds(&t, &settings, web, 1);
	assert_int_equal(t.fan_out, 100);
	assert_int_equal(t.hold, 300 * SECOND);
	settings_thresholds(&t, &settings, both, 2);
	assert_int_equal(t.fan_out, 70);
	assert_int_equal(t.hold, 3600 * SECOND);
	/* An option beats the file, its sections too. */
	assert_int_equal(settings_set(&settings, "fan_out", "40", SOURCE_OPTION, &error), 0);
	settings_thresholds(&t, &settings, both, 2);
	assert_int_equal(t.fan_out, 40);
	assert_int_equal(t.hold, 3600 * SECOND);
}

static void too_many_sections(void **state)
{
	struct settings settings;
	struct error error = {0};
	char port[8];

	(void)state;
	settings_default(&settings);
	for (int i = 1; i <= PORT_SECTIONS_MAX; i++) {
		snprintf(port, sizeof(port), "%d", i);
		assert_int_equal(settings_set_for_ports(&settings, port, "hold", "1h", &error), 0);
	}
	assert_int_equal(settings_set_for_ports(&settings, "16", "fan_out", "9", &error), 0);
	assert_int_equal(settings_set_for_ports(&settings, "17", "hold", "1h", &error), -1);
	assert_contains(error.text, "more than 16 sections");
}

static void add_file(struct settings *settings, const char *text)
{
	struct error error;

	assert_int_equal(settings_parse_file(settings, "test.conf", text, &error), 0);
}

/* Forgetting leaves what is stronger, and the defaults of the rest. */
static void the_file_can_be_read_again(void **state)
{
	struct settings settings, before;
	struct error error;

	(void)state;
	settings_default(&settings);
	assert_int_equal(settings_set(&settings, "port", "80", SOURCE_OPTION, &error), 0);
	assert_int_equal(settings_set(&settings, "hold", "1m", SOURCE_ENVIRONMENT, &error), 0);
	before = settings;
	add_file(&settings, "port = 25\nwindow = 1h\ninterval = 2s\nhold = 2m\nnetns = self\n"
			    "[port 25]\nfan_out = 9\n");
	assert_int_equal(settings.thresholds.window, 3600 * SECOND);
	settings_forget_file(&settings);
	assert_int_equal(settings.interval, SECOND);
	assert_int_equal(settings.thresholds.window, 300 * SECOND);
	assert_string_equal(settings.netns, "all");
	/* What follows the end of a shorter text is nobody's. */
	memcpy(settings.netns, before.netns, sizeof(before.netns));
	assert_memory_equal(&settings, &before, sizeof(settings));
	settings_default(&settings);
	add_file(&settings, "port = 25\n");
	settings_forget_file(&settings);
	add_file(&settings, "port = 26\n");
	assert_false(ports_contain(&settings.port, 25));
	assert_false(ports_contain(&settings.port, 6515));
	assert_true(ports_contain(&settings.port, 26));
}

static void lines_are_whole_or_refused(void **state)
{
	int longest = 0;

	(void)state;
	for (int length = 1; length < 2000; length++) {
		static struct settings settings;
		struct error error = {0};
		char text[2100], path[2001];

		memset(path, '/', length);
		path[length] = '\0';
		snprintf(text, sizeof(text), "window = 10s\npin_dir = %s\nwindow = 20s\n", path);
		settings_default(&settings);
		if (settings_parse_file(&settings, "test.conf", text, &error)) {
			assert_contains(error.text, "test.conf:2: the line is too long: shorten the value");
			continue;
		}
		assert_int_equal(longest, length - 1);
		assert_string_equal(settings.pin_dir, path);
		assert_int_equal(settings.thresholds.window, 20 * SECOND);
		longest = length;
	}
	assert_in_range(longest, 150, 2000);
}

static void the_first_of_many_errors_is_told(void **state)
{
	char text[4096] = "\n\n";
	struct settings settings;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, i % 2 ? "nonsense\n" : "port = 0\n");
	settings_default(&settings);
	assert_int_equal(settings_parse_file(&settings, "test.conf", text, &error), -1);
	assert_contains(error.text, "test.conf:3: port: \"0\": ports start at 1");
}

static void any_text_is_taken_or_refused(void **state)
{
	static const char *const pieces[] = {"port", "=", "80", "\n",           "[",    "]",      "relaytrap",
					     " ",    "#", ";",  "\x1b",         "\r",   "window", "10s",
					     ":",    ",", "\t", "\xef\xbb\xbf", "\xff", "\"",     "any"};
	char text[1024];

	(void)state;
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		static struct settings settings;
		struct error error = {0};

		*text = '\0';
		for (int i = random() % 80; i > 0; i--)
			strcat(text, pieces[random() % ARRAY_SIZE(pieces)]);
		settings_default(&settings);
		if (settings_parse_file(&settings, "test.conf", text, &error))
			assert_contains(error.text, "test.conf:");
	}
}

static void options_beat_environment_beats_file(void **state)
{
	char variables[] = "RELAYTRAP_PORT=25 RELAYTRAP_INTERVAL=2s", line[] = "run --port 465";
	char *environment[MAX_WORDS + 1], *argv[MAX_WORDS + 1];
	struct settings settings;
	struct error error;

	(void)state;
	settings_default(&settings);
	split_words(environment, variables);
	assert_int_equal(
		settings_parse_options(&settings, COMMAND_RUN, split_words(argv, line), argv, &error), 0);
	assert_int_equal(settings_parse_environment(&settings, environment, &error), 0);
	assert_int_equal(
		settings_parse_file(&settings, "x", "port = 80\ninterval = 3s\nwindow = 10s\n", &error), 0);
	assert_string_equal(ports_of(&settings), "465");
	assert_int_equal(settings.interval, 2 * SECOND);
	assert_int_equal(settings.thresholds.window, 10 * SECOND);
	assert_string_equal(settings.netns, "all");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file),
		cmocka_unit_test(files_without_settings),
		cmocka_unit_test(forms_of_one_line),
		cmocka_unit_test(an_indented_line_is_one_of_its_own),
		cmocka_unit_test(a_long_comment_is_no_trouble),
		cmocka_unit_test(errors_give_file_line_and_reason),
		cmocka_unit_test(ports_have_thresholds_of_their_own),
		cmocka_unit_test(too_many_sections),
		cmocka_unit_test(the_file_can_be_read_again),
		cmocka_unit_test(lines_are_whole_or_refused),
		cmocka_unit_test(the_first_of_many_errors_is_told),
		cmocka_unit_test(any_text_is_taken_or_refused),
		cmocka_unit_test(options_beat_environment_beats_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
