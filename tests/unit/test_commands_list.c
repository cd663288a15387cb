// SPDX-License-Identifier: GPL-2.0
/* The table of commands and settings as programs read it. */
#include "common.h"

#include "command.h"
#include "settings_table.h"

#define FIELDS 13

static const struct command commands[] = {
	{"run", COMMAND_RUN, NULL, "Run"},
	{"replay", COMMAND_REPLAY, NULL, "Replay"},
};

/* What is printed; to be freed. */
static char *printed(void)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	commands_list(stream, commands, ARRAY_SIZE(commands));
	fclose(stream);
	return text;
}

static void each_line_has_its_fields(void **state)
{
	char *text = printed();
	size_t rows = 0, settings = 0;

	(void)state;
	for (char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t tabs = 0;

		for (const char *byte = line; *byte != '\n'; byte++)
			tabs += *byte == '\t';
		if (!strncmp(line, "setting\t", 8)) {
			assert_int_equal(tabs, FIELDS - 1);
			settings++;
		} else {
			assert_int_equal(tabs, 2);
		}
		rows++;
	}
	assert_int_equal(settings, settings_count);
	assert_int_equal(rows, settings_count + ARRAY_SIZE(commands));
	free(text);
}

static void a_row_says_what_the_table_says(void **state)
{
	char *text = printed();

	(void)state;
	assert_contains(text, "command\trun\tRun\ncommand\treplay\tReplay\n");
	assert_contains(text,
			"setting\tport\tport\tp\tPORTS\tports\tanywhere\trun\trun\t6515\t\t\tTCP ports");
	assert_contains(text,
			"setting\tpairing_window\tpairing-window\t\tDURATION\tduration\tanywhere\trun\t\t5s\t"
			"0s to 1h\t\t");
	assert_contains(text,
			"setting\tmode\tmode\t\tMODE\tchoice\tanywhere\trun\t\tobserve\t\tobserve dry-run "
			"enforce\t");
	assert_contains(text,
			"setting\tconfig\tconfig\tc\tFILE\tfile\tenvironment\trun replay\trun replay\t");
	assert_contains(text, "setting\tfile\tfile\t\tFILE\tfile\targument\treplay\t\t\t\t\t");
	assert_contains(text,
			"setting\tpaired_share\tpaired-share\t\tPERCENT\tpercent\tanywhere\trun\t\t50\t");
	assert_contains(text, "\toption\treplay\t\t\t\twindow hold min_accepts ");
	assert_lacks(text, "(null)");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_has_its_fields),
		cmocka_unit_test(a_row_says_what_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
