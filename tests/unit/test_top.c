// SPDX-License-Identifier: GPL-2.0
/* The live view: what its keys do. */
#include "made_top.h"

#include <time.h>

static const char *selected(struct made_top *m)
{
	const char *line = strstr(made_draw(m, 24, 80), "\n*");

	return line ? line + 2 : "";
}

#define assert_selected(m, text) assert_contains_in_line(selected(m), text, __LINE__)

static void assert_contains_in_line(const char *screen, const char *text, int line)
{
	char first[256];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(screen, "\n"), screen);
	check_contains(first, text, 1, __FILE__, line);
}

static void moving(void **state)
{
	struct made_top *m = *state;

	assert_selected(m, "service0");
	made_keys(m, "jj");
	assert_selected(m, "service2");
	made_keys(m, "j");
	assert_selected(m, "service2");
	made_keys(m, "k");
	assert_selected(m, "service1");
	top_key(&m->top, TOP_KEY_UP);
	top_key(&m->top, TOP_KEY_UP);
	assert_selected(m, "service0");
	top_key(&m->top, TOP_KEY_END);
	assert_selected(m, "service2");
	top_key(&m->top, TOP_KEY_HOME);
	assert_selected(m, "service0");
	made_keys(m, "G");
	assert_selected(m, "service2");
	top_key(&m->top, TOP_KEY_PAGE_UP);
	assert_selected(m, "service0");
	top_key(&m->top, TOP_KEY_PAGE_DOWN);
	assert_selected(m, "service2");
}

/* The most urgent one is selected until a person chooses; then the choice stays, wherever it goes. */
static void the_choice_stays(void **state)
{
	struct made_top *m = *state;
	struct view_service first = m->services[0];

	m->services[0] = m->services[2];
	m->services[2] = first;
	made_take(m);
	assert_selected(m, "service2");
	made_keys(m, "jk");
	m->services[2] = m->services[0];
	m->services[0] = first;
	made_take(m);
	assert_selected(m, "service2");
	/* Another service in its slot is not it. */
	m->services[2].birth++;
	m->services[2].judged.birth++;
	made_keys(m, "k");
	assert_selected(m, "service1");
	m->view.service_count = 1;
	made_take(m);
	assert_selected(m, "service0");
	m->view.service_count = 0;
	made_take(m);
	assert_lacks(made_draw(m, 24, 80), "*  ");
	made_keys(m, "jkgGbur\n");
	top_key(&m->top, TOP_KEY_RIGHT);
	made_draw(m, 24, 80);
}

static void processes_of_a_service(void **state)
{
	struct made_top *m = *state;

	made_keys(m, "j");
	assert_lacks(made_draw(m, 24, 80), "worker1");
	top_key(&m->top, TOP_KEY_RIGHT);
	assert_selected(m, "service1");
	assert_contains(made_draw(m, 24, 80), "| 1106 nobody");
	assert_contains(made_draw(m, 24, 80), "` 1107 nobody");
	made_keys(m, "jj");
	assert_selected(m, "1101 nobody");
	/* It is expanded and selected in the next view, too. */
	m->view.now += SECOND;
	made_take(m);
	assert_selected(m, "1101 nobody");
	top_key(&m->top, TOP_KEY_LEFT);
	assert_selected(m, "service1");
	assert_lacks(made_draw(m, 24, 80), "worker1");
	made_keys(m, "+");
	assert_contains(made_draw(m, 24, 80), "worker1");
	made_keys(m, "-");
	assert_lacks(made_draw(m, 24, 80), "worker1");
}

static void programs_by_path(void **state)
{
	struct made_top *m = *state;

	made_keys(m, "+c");
	assert_contains(made_draw(m, 24, 120), " /usr/sbin/program0\n");
	assert_lacks(made_draw(m, 24, 120), "worker0");
	/* A path that does not fit takes the place of the figures. */
	memset(m->facts[0][0].exe, 'x', 60);
	m->facts[0][0].exe[60] = '\0';
	assert_contains(made_draw(m, 24, 80), "nobody xxxxxxxxxxxxxxxxxxxx");
	made_keys(m, "c");
	assert_contains(made_draw(m, 24, 80), "worker0");
}

static void filtering(void **state)
{
	struct made_top *m = *state;

	made_keys(m, "/VICE1");
	assert_contains(made_draw(m, 24, 80), "path: VICE1");
	assert_true(m->frame.cursor);
	assert_contains(made_draw(m, 24, 80), "service1");
	assert_lacks(made_draw(m, 24, 80), "service0");
	made_keys(m, "\n");
	assert_false(m->frame.cursor && m->top.prompt);
	assert_contains(made_draw(m, 24, 80), "filter \"vice1\"");
	assert_lacks(made_draw(m, 24, 80), "service2");
	made_keys(m, "\x1b");
	assert_contains(made_draw(m, 24, 80), "service2");
	/* By port, process, user, path; what a prompt took back is as it was. */
	made_keys(m, "/6502\n");
	assert_selected(m, "service2");
	made_keys(m, "/\x7f\x7f\x7f\x7fprogram0\n");
	assert_selected(m, "service0");
	made_keys(m, "/zzz");
	assert_contains(made_draw(m, 24, 80), "nothing matches \"program0zzz\"");
	made_keys(m, "\x1b");
	assert_selected(m, "service0");
	assert_string_equal(m->top.filter, "program0");
	made_keys(m, "\x1b/q");
	assert_int_equal(m->top.prompt, PROMPT_FILTER);
}

/* Of an expanded service that does not match itself, only the processes that do. */
static void filtering_processes(void **state)
{
	struct made_top *m = *state;

	made_keys(m, "+/1003\n");
	assert_contains(made_draw(m, 24, 80), "1003 nobody");
	assert_lacks(made_draw(m, 24, 80), "1004 nobody");
	assert_int_equal(m->top.row_count, 2);
}

static void ordering(void **state)
{
	struct made_top *m = *state;

	m->services[1].counters[RT_ACCEPTS] = 5;
	m->services[2].fan_out = 9;
	strcpy(m->services[2].label, "a service");
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "*VERDICT");
	made_keys(m, "s");
	assert_contains(made_draw(m, 24, 80), "*SERVICE");
	made_keys(m, "g");
	assert_selected(m, "a service");
	made_keys(m, "sg");
	assert_contains(made_draw(m, 24, 80), "*ACCEPTS");
	made_keys(m, "g");
	assert_selected(m, "service1");
	made_keys(m, "sss");
	assert_contains(made_draw(m, 24, 80), "*FAN-OUT");
	made_keys(m, "g");
	assert_selected(m, "a service");
	/* Only by what is shown: the rest comes with width. */
	made_keys(m, "SSSSS");
	assert_contains(made_draw(m, 24, 80), "*VERDICT");
	for (int i = 0; i < 40; i++) {
		made_keys(m, "s");
		assert_contains(made_draw(m, 24, 80), m->top.sort == SORT_NAME ? "*SERVICE" : "*");
	}
}

static void leaving_and_looking_again(void **state)
{
	struct made_top *m = *state;

	assert_int_equal(top_key(&m->top, 'q'), TOP_QUIT);
	assert_int_equal(top_key(&m->top, ' '), TOP_REFRESH);
	assert_int_equal(top_key(&m->top, TOP_KEY_REPAINT), TOP_REPAINT);
	made_keys(m, "p");
	assert_contains(made_draw(m, 24, 80), "PAUSED");
	assert_int_equal(top_key(&m->top, ' '), TOP_REFRESH);
	assert_lacks(made_draw(m, 24, 80), "PAUSED");
	made_keys(m, "x");
	assert_contains(made_draw(m, 24, 80), "no meaning");
	made_keys(m, "?");
	assert_contains(made_draw(m, 24, 80), "any key goes back");
	made_keys(m, "q");
	assert_contains(made_draw(m, 24, 80), "service0");
	assert_int_equal(top_key(&m->top, TOP_KEY_OTHER), TOP_DRAW);
	assert_lacks(made_draw(m, 24, 80), "no meaning");
}

static void changing_the_interval(void **state)
{
	struct made_top *m = *state;

	made_keys(m, "d");
	assert_contains(made_draw(m, 24, 80), "(now 1s):\n");
	made_keys(m, "2.5\n");
	assert_int_equal(m->top.interval, 5 * SECOND / 2);
	assert_contains(made_draw(m, 24, 80), "every 2500ms");
	made_keys(m, "d0\n");
	assert_contains(made_draw(m, 24, 80), "! 0 is out of range");
	made_keys(m, "d9\x1b");
	made_keys(m, "d\n");
	assert_int_equal(m->top.interval, 5 * SECOND / 2);
	for (int i = 0; i < 200; i++)
		made_keys(m, i ? "9" : "d");
	made_draw(m, 24, 80);
	made_keys(m, "\n");
	assert_int_equal(m->top.interval, 5 * SECOND / 2);
}

#define MANY 10000

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* However many there are, each can be reached; how long that takes is told, and not judged. */
static void ten_thousand_processes(void **state)
{
	struct view_process *processes = calloc(MANY, sizeof(*processes));
	struct made_top *m = *state;
	double start, keys, views;

	assert_non_null(processes);
	for (unsigned int i = 0; i < MANY; i++) {
		processes[i] = m->processes[0][0];
		processes[i].pid = 100000 + i;
	}
	m->services[0].processes = processes;
	m->services[0].process_count = MANY;
	made_take(m);
	made_keys(m, "+");
	assert_int_equal(m->top.row_count, MANY + 3);
	made_draw(m, 50, 200);
	start = milliseconds();
	for (unsigned int i = 0; i < 1000; i++) {
		made_keys(m, "j");
		top_draw(&m->top, &m->frame);
	}
	keys = milliseconds() - start;
	assert_selected(m, "100999 nobody");
	start = milliseconds();
	for (unsigned int i = 0; i < 20; i++)
		made_take(m);
	views = (milliseconds() - start) / 20;
	made_keys(m, "GG");
	top_key(&m->top, TOP_KEY_UP);
	top_key(&m->top, TOP_KEY_UP);
	assert_selected(m, "109999 nobody");
	start = milliseconds();
	made_keys(m, "/109998");
	print_message(
		"# of %d processes: a key and a frame %.3f ms, a view %.1f ms, a letter of the filter %.1f ms\n",
		MANY, keys / 1000, views, (milliseconds() - start) / 6);
	assert_int_equal(m->top.row_count, 2);
	made_keys(m, "\nj");
	assert_selected(m, "109998 nobody");
	free(processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(moving),
		TEST(the_choice_stays),
		TEST(processes_of_a_service),
		TEST(programs_by_path),
		TEST(filtering),
		TEST(filtering_processes),
		TEST(ordering),
		TEST(leaving_and_looking_again),
		TEST(changing_the_interval),
		TEST(ten_thousand_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
