// SPDX-License-Identifier: GPL-2.0
/* What the table of settings prints: the default configuration file, and help. */
#include "common.h"

#include "settings.h"

/* What is printed; to be freed. */
static char *printed_default(void)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	settings_write_default(stream);
	fclose(stream);
	return text;
}

static char *printed_help(enum command_bit command)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	settings_help(stream, command);
	fclose(stream);
	return text;
}

static void check_width(const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		assert_in_range(strcspn(text, "\n"), 0, 80);
}

static void the_default_file_changes_nothing(void **state)
{
	struct settings settings, defaults;
	char *text = printed_default();
	struct error error;

	(void)state;
	settings_default(&defaults);
	settings_default(&settings);
	assert_int_equal(settings_parse_file(&settings, "default.conf", text, &error), 0);
	assert_memory_equal(&settings, &defaults, sizeof(settings));
	check_width(text);
	free(text);
}

static void the_default_file_holds_the_defaults(void **state)
{
	static const char *const names[] = {"port",         "interval", "window", "pairing_window",
					    "max_services", "netns",    "pin_dir"};
	struct settings settings, defaults;
	char *text = printed_default();
	struct error error;

	(void)state;
	/* A setting has no blank behind its #, an explanation has. */
	for (char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (line[0] == '#' && line[1] != ' ')
			line[0] = ' ';
	settings_default(&defaults);
	settings_default(&settings);
	assert_int_equal(settings_parse_file(&settings, "default.conf", text, &error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(settings_source(&settings, names[i]), SOURCE_FILE);
	memset(settings.sources, 0, sizeof(settings.sources));
	assert_memory_equal(&settings, &defaults, sizeof(settings));
	free(text);
}

static void the_help_lists_what_a_command_takes(void **state)
{
	char *text = printed_help(COMMAND_STATUS);

	(void)state;
	assert_contains(text, "      --json ");
	assert_contains(text, "      --pin-dir DIRECTORY ");
	assert_contains(text, "  -c, --config FILE ");
	assert_contains(text, "  -h, --help ");
	assert_lacks(text, "--port");
	assert_lacks(text, "--batch");
	free(text);
	text = printed_help(COMMAND_TOP);
	assert_contains(text, "      --port PORTS ");
	assert_contains(text, "  -p, --pid PIDS ");
	assert_contains(text, "  -n, --iterations NUMBER ");
	assert_contains(text, "  -d, --delay SECONDS ");
	assert_contains(text, "(default 1s; 100ms to 1h)");
	assert_lacks(text, "--json");
	assert_lacks(text, "_window");
	free(text);
}

static void the_help_fits_80_columns(void **state)
{
	(void)state;
	for (unsigned int command = COMMAND_RUN; command <= COMMAND_UNLOAD; command <<= 1) {
		char *text = printed_help(command);

		check_width(text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_file_changes_nothing),
		cmocka_unit_test(the_default_file_holds_the_defaults),
		cmocka_unit_test(the_help_lists_what_a_command_takes),
		cmocka_unit_test(the_help_fits_80_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
