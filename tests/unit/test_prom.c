// SPDX-License-Identifier: GPL-2.0
#include "made_snapshot.h"

#include "prom.h"

#define GOLDEN "tests/unit/golden.prom"
#define WRITTEN "build/unit/golden.prom"
#define SLOTS 20

static const struct events nothing;

static char *print(struct made *m, struct ledger *ledger, size_t places)
{
	struct error error;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	ledger_take(ledger, &m->snapshot, &m->view, &nothing, places);
	assert_int_equal(prom_print(stream, &m->view, ledger, &error), 0);
	fclose(stream);
	return text;
}

static void contains(const char *text, const char *line)
{
	if (strstr(text, line))
		return;
	print_error("no line %s\nin:\n%s", line, text);
	assert_true(false);
}

static void one_service(struct made *m, const char *comm)
{
	struct rt_service *one = service(m, 1, 12, 9);

	m->snapshot.config.watched[6515 / 8] = 1 << 6515 % 8;
	m->snapshot.config.max_services = 2;
	endpoint(m, 6515, 1, 100);
	process(m, 100, 1, RT_ROLE_READER, comm);
	one->counters[RT_CLIENT_SENT] = 1000000000000;
	fan_out(one, 1, 7);
	build(m, NULL);
}

static void values_are_escaped(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{"nginx.service", "nginx.service"},
		{"a\"b", "a\\\"b"},
		{"a\nb", "a\\\\x0ab"},
		{"a\\b", "a\\\\\\\\b"},
		{"\x1b[2J\xff", "\\\\x1b[2J\\\\xff"},
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"", ""},
	};
	char text[PROM_VALUE_SIZE], worst[RT_LABEL_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(prom_value(text, cases[i].from, strlen(cases[i].from)), cases[i].to);
	/* As long as it may get: every byte escaped, none cut off. */
	memset(worst, '\\', sizeof(worst));
	assert_int_equal(strlen(prom_value(text, worst, sizeof(worst))), 4 * sizeof(worst));
	memset(worst, '\n', sizeof(worst));
	assert_int_equal(strlen(prom_value(text, worst, sizeof(worst))), 5 * sizeof(worst));
}

static void golden(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct rt_interface interfaces[] = {
		{.index = 2, .netns = 1, .state = RT_INTERFACE_NATIVE, .name = "eth0"},
		{.index = 2, .netns = 2, .state = RT_INTERFACE_NATIVE, .name = "eth0"},
		{.index = 3, .netns = 1, .state = RT_INTERFACE_FOREIGN, .name = "we\"ird\n"},
	};
	struct block_record blocks[] = {
		{.slot = 1,
		 .value = {.since = SECOND, .port = 25},
		 .count = {.packets = 5, .bytes = 300, .syns = 4}},
		{.slot = 2,
		 .value = {.since = SECOND, .port = 25, .lifted = 2 * SECOND},
		 .count = {.packets = 2, .bytes = 120, .syns = 2}},
	};
	struct rt_verdict verdict = {.birth = 1, .verdict = VERDICT_RELAYING};
	struct made *m = *state;
	char *text, *version, expected[65536];
	size_t length;
	FILE *file;

	m->snapshot.interfaces = interfaces;
	m->snapshot.interface_count = 3;
	m->snapshot.blocks = blocks;
	m->snapshot.block_count = 2;
	m->snapshot.lost[LOST_MISSED_RUNS] = 3;
	m->snapshot.lost[RT_LOST_HOPS] = 2;
	m->snapshot.lost[LOST_UNATTACHED_HOOKS] = 1;
	one_service(m, "myAgtSvc");
	view_set_verdict(&m->view, &m->view.services[0], &verdict, 0);
	text = print(m, ledger, 50);
	/* The file knows no version. */
	version = strstr(text, RELAYTRAP_VERSION);
	assert_non_null(version);
	memmove(version, version + strlen(RELAYTRAP_VERSION),
		strlen(version + strlen(RELAYTRAP_VERSION)) + 1);
	file = fopen(GOLDEN, "r");
	assert_non_null(file);
	length = fread(expected, 1, sizeof(expected) - 1, file);
	expected[length] = '\0';
	fclose(file);
	if (strcmp(text, expected) != 0) {
		file = fopen(WRITTEN, "w");
		assert_non_null(file);
		fputs(text, file);
		fclose(file);
		fail_msg("not as expected: diff " GOLDEN " " WRITTEN);
	}
	free(text);
	ledger_free(ledger);
}

/* Each metric is introduced once, has no other between its samples, and no sample twice. */
static void the_format_holds(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	char *text, *rest, *line, *lines[2048], introduced[80] = "";
	size_t count = 0;

	one_service(m, "a\nb\"c\\");
	service(m, 2, 1, 1);
	endpoint(m, 6516, 2, 101);
	process(m, 101, 2, RT_ROLE_READER, "a\nb\"c\\");
	build(m, NULL);
	text = rest = print(m, ledger, 50);
	while ((line = strsep(&rest, "\n")) && *line) {
		size_t name = strcspn(line, "{ ");

		if (sscanf(line, "# HELP %79s", introduced) == 1) {
			for (size_t i = 0; i < count; i++)
				assert_true(strncmp(lines[i], introduced, strlen(introduced)) != 0 ||
					    !strchr("{ ", lines[i][strlen(introduced)]));
			continue;
		}
		if (*line == '#') {
			assert_int_equal(strncmp(line + 7, introduced, strlen(introduced)), 0);
			continue;
		}
		assert_int_equal(name, strlen(introduced));
		assert_int_equal(strncmp(line, introduced, name), 0);
		*strrchr(line, ' ') = '\0';
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(lines[i], line);
		assert_true(count < sizeof(lines) / sizeof(lines[0]));
		lines[count++] = line;
	}
	assert_true(count > 100);
	free(text);
	ledger_free(ledger);
}

static void the_rest_is_summed_up(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	char *text;

	/* A process that wants to be taken for the rest. */
	one_service(m, "(other services");
	for (__u32 slot = 2; slot <= 4; slot++) {
		service(m, slot, slot, 0);
		endpoint(m, (__u16)(7000 + slot), slot, 100 + slot);
		process(m, 100 + slot, slot, RT_ROLE_READER, slot == 2 ? "other" : "more");
	}
	build(m, NULL);
	text = print(m, ledger, 1);
	contains(text, "relaytrap_service_accepts_total{service=\"(other services)\"} 9\n");
	contains(text, "relaytrap_service_accepts_total{service=\"(other services\"} 12\n");
	contains(text, "relaytrap_service_listeners{service=\"(other services)\"} 3\n");
	contains(text, "relaytrap_accepts_total 21\n");
	free(text);
	ledger_free(ledger);
}

static void nothing_begins_at_nothing(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	char *text, line[128];

	build(m, NULL);
	text = print(m, ledger, 50);
	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		if (cause == LOST_UNATTACHED_HOOKS || cause == LOST_UNREADABLE_PROCESSES)
			continue;
		snprintf(line, sizeof(line), "relaytrap_lost_total{cause=\"%s\"} 0\n", lost_name(cause));
		contains(text, line);
	}
	for (int verdict = 0; verdict < VERDICTS; verdict++) {
		snprintf(line, sizeof(line), "relaytrap_services{verdict=\"%s\"} 0\n", verdict_name(verdict));
		contains(text, line);
	}
	contains(text, "relaytrap_accepts_total 0\n");
	contains(text, "relaytrap_service_accepts_total{service=\"(other services)\"} 0\n");
	contains(text, "relaytrap_guard_interfaces{xdp=\"generic\"} 0\n");
	contains(text, "relaytrap_guard_odd_packets_total{cause=\"malformed\"} 0\n");
	free(text);
	ledger_free(ledger);
}

static size_t count_samples(struct made *m, size_t places)
{
	struct ledger *ledger = ledger_new(SLOTS);
	char *text = print(m, ledger, places);
	size_t count = 0;

	for (const char *line = text; (line = strstr(line, "\nrelaytrap_")); line++)
		count++;
	free(text);
	ledger_free(ledger);
	return count;
}

/* The figures of docs/fleet.md. */
static void series_are_bounded(void **state)
{
	struct block_record blocks[] = {{.slot = 1, .value = {.since = SECOND, .port = 25}}};
	struct rt_interface interfaces[] = {{.index = 2, .state = RT_INTERFACE_NATIVE, .name = "eth0"}};
	struct made *m = *state;
	char name[RT_COMM_LEN];

	build(m, NULL);
	assert_int_equal(count_samples(m, 50), 95);
	for (__u32 slot = 1; slot <= 10; slot++) {
		snprintf(name, sizeof(name), "n%u", slot);
		service(m, slot, 1, 1);
		endpoint(m, (__u16)(7000 + slot), slot, 100 + slot);
		process(m, 100 + slot, slot, RT_ROLE_READER, name);
	}
	build(m, NULL);
	assert_int_equal(count_samples(m, 50), 95 + 10 * 33);
	assert_int_equal(count_samples(m, 3), 95 + 3 * 33);
	m->snapshot.blocks = blocks;
	m->snapshot.block_count = 1;
	m->snapshot.interfaces = interfaces;
	m->snapshot.interface_count = 1;
	build(m, NULL);
	assert_int_equal(count_samples(m, 3), 95 + 3 * 33 + 10 + 1);
}

static void a_broken_stream_is_an_error(void **state)
{
	struct ledger *ledger = ledger_new(SLOTS);
	struct made *m = *state;
	struct error error;
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	one_service(m, "x");
	assert_int_equal(prom_print(full, &m->view, ledger, &error), -1);
	fclose(full);
	ledger_free(ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_escaped),
		TEST(golden),
		TEST(the_format_holds),
		TEST(the_rest_is_summed_up),
		TEST(nothing_begins_at_nothing),
		TEST(series_are_bounded),
		TEST(a_broken_stream_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
