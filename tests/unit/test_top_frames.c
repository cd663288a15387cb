// SPDX-License-Identifier: GPL-2.0
/* The live view: whole screens as they must look (tests/unit/golden), and that any size and any name is borne. */
#include "made_top.h"

#include <libgen.h>
#include <limits.h>

#define GOLDEN_SIZE 65536

static FILE *open_golden(const char *name, const char *mode)
{
	char here[] = __FILE__, path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/golden/%s.txt", dirname(here), name);
	file = fopen(path, mode);
	if (!file)
		fail_msg("%s: cannot be opened", path);
	return file;
}

static void read_golden(char text[GOLDEN_SIZE], const char *name)
{
	FILE *file = open_golden(name, "r");

	text[fread(text, 1, GOLDEN_SIZE - 1, file)] = '\0';
	fclose(file);
}

/* With RT_GOLDEN=write in the environment the screens become what is right: look at them before you keep them. */
static void check_golden(struct made_top *m, unsigned int rows, unsigned int columns, const char *name)
{
	const char *got = made_draw(m, rows, columns);
	static char wanted[GOLDEN_SIZE];

	if (getenv("RT_GOLDEN")) {
		FILE *file = open_golden(name, "w");

		fputs(got, file);
		fclose(file);
		return;
	}
	read_golden(wanted, name);
	if (strcmp(got, wanted))
		fail_msg("%s should be:\n%s\nand is:\n%s", name, wanted, got);
}

/* The incident: an agent that sends mail for strangers, and its neighbours. */
static void make_incident(struct made_top *m)
{
	struct view_service *agent = &m->services[0];

	m->view.interval = 1;
	strcpy(agent->label, "myAgtSvc");
	m->ports[0] = 6515;
	made_stand(m, 0, VERDICT_RELAYING);
	agent->since = 1000 - 131;
	agent->clients = 42;
	agent->fan_out = agent->mail_fan_out = agent->known_fan_out = 114;
	agent->open = 14;
	for (int i = 0; i < RT_COUNTERS; i++)
		agent->counters[i] = 0;
	agent->counters[RT_ACCEPTS] = 1203;
	agent->counters[RT_CONNECTS] = agent->counters[RT_PAIRED] = agent->counters[RT_MAIL_CONNECTS] = 1180;
	agent->counters[RT_CONNECT_FAILURES] = 17;
	agent->counters[RT_CLIENT_RECEIVED] = agent->counters[RT_UPSTREAM_SENT] = 23400000;
	memcpy(agent->before, agent->counters, sizeof(agent->before));
	agent->judged.reason_count = 3;
	strcpy(agent->judged.reasons[0], "114 mail servers in 5m (threshold 8)");
	strcpy(agent->judged.reasons[1], "114 distinct upstreams in 5m (threshold 20)");
	strcpy(agent->judged.reasons[2], "bytes match: 99 % of what clients sent went to upstreams");
	agent->process_count = 1;
	strcpy(m->records[0][0].value.comm, "myAgtSvc");
	strcpy(m->facts[0][0].exe, "/opt/McAfee/myAgtSvc");
	strcpy(m->services[1].label, "haproxy.service");
	made_stand(m, 1, VERDICT_FORWARDING);
	m->view.process_count = 1 + 2 * MADE_PROCESSES;
}

/* A minute of it, second by second. */
static void play(struct made_top *m, unsigned int seconds)
{
	for (unsigned int i = 0; i < seconds; i++) {
		__u64 *before = m->services[0].before, *counters = m->services[0].counters;

		before[RT_ACCEPTS] = counters[RT_ACCEPTS] - 2 * i;
		before[RT_CONNECTS] = counters[RT_CONNECTS] - 2 * i + (i > 20);
		before[RT_MAIL_CONNECTS] = counters[RT_MAIL_CONNECTS] - 2 * i + (i > 20);
		before[RT_CLIENT_RECEIVED] = counters[RT_CLIENT_RECEIVED] - 20000 * (i % 30);
		m->services[0].fan_out = i < 38 ? 3 * i : 114;
		m->view.now += SECOND;
		made_take(m);
	}
}

static void make_blocked(struct made_top *m)
{
	m->view.blocks = m->blocks;
	m->view.block_count = 1;
	m->blocks[0] = (struct view_block){.port = 6515,
					   .in_force = true,
					   .origin = RT_ENGINE,
					   .since = 1000 - 131,
					   .expires = 1000 + 3469,
					   .service = 1,
					   .count = {.packets = 5600, .bytes = 336000, .syns = 5400},
					   .before = {.packets = 5507, .bytes = 330000, .syns = 5400}};
	m->view.interfaces = m->interfaces;
	m->view.interface_count = 2;
	m->interfaces[0] = (struct rt_interface){.index = 2, .state = RT_INTERFACE_NATIVE, .name = "eth0"};
	m->interfaces[1] = (struct rt_interface){.index = 3, .state = RT_INTERFACE_GENERIC, .name = "veth1"};
}

static void make_contained(struct made_top *m)
{
	make_blocked(m);
	m->view.mode = RT_ENFORCE;
	m->services[0].containment = (struct view_containment){.in_force = true,
							       .origin = RT_ENGINE,
							       .since = 1000 - 131,
							       .expires = 1000 + 3469,
							       .cut = 14};
	made_stand(m, 0, VERDICT_CONTAINED);
	m->services[0].counters[RT_REFUSED_CONNECTS] = 321;
	m->services[0].open = 0;
}

static void the_incident(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	play(m, 60);
	check_golden(m, 24, 80, "incident-80x24");
	made_keys(m, "\n");
	check_golden(m, 24, 80, "incident-pane-80x24");
	made_keys(m, "+");
	check_golden(m, 50, 200, "incident-pane-200x50");
	made_begin(m, true);
	play(m, 60);
	made_keys(m, "\n");
	check_golden(m, 40, 120, "incident-pane-120x40-utf8");
}

static void contained(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	make_contained(m);
	play(m, 60);
	made_keys(m, "\n");
	check_golden(m, 24, 80, "contained-pane-80x24");
	check_golden(m, 40, 160, "contained-pane-160x40");
}

static void questions_and_help(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	made_take(m);
	made_keys(m, "b");
	check_golden(m, 24, 80, "block-80x24");
	made_keys(m, "n?");
	check_golden(m, 24, 80, "help-80x24");
}

static void the_guard_in_trouble(void **state)
{
	struct made_top *m = *state;

	make_blocked(m);
	m->interfaces[1].state = RT_INTERFACE_FOREIGN;
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "port 6515 blocked on eth0 (native) ");
	assert_contains(made_draw(m, 24, 80), "\n!      veth1 is not guarded: it has an XDP program");
	m->view.interface_count = 0;
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "! port 6515 blocked, but no interface is guarded");
	m->view.dry_run = true;
	m->view.mode = RT_DRY_RUN;
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "port 6515 would be blocked");
}

/* Losses stand out by a sign and by words; each of them is there. */
static void losses(void **state)
{
	struct made_top *m = *state;

	m->view.lost[RT_LOST_HOPS] = 3;
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "\n! Lost the figures lack what was lost: hops_full 3\n");
	assert_int_equal(m->frame.cells[5 * 80].style, STYLE_ALARM);
	for (size_t i = 0; i < LOST_CAUSES; i++)
		m->view.lost[i] = 1000 + i;
	for (size_t i = 0; i < LOST_CAUSES; i++) {
		char piece[64];

		/* Apart: a line may end between them. */
		snprintf(piece, sizeof(piece), "%zu", 1000 + i);
		assert_contains(made_draw(m, 24, 80), lost_name(i));
		assert_contains(made_draw(m, 24, 80), piece);
	}
}

/* Verdicts are told apart without colours. */
static void signs(void **state)
{
	static const char *const rows[VERDICTS] = {"+  quiet",   "+- probed",   "+> forwarding",
						   "+? suspect", "+! relaying", "+# contained"};
	struct made_top *m = *state;

	for (unsigned int verdict = 0; verdict < VERDICTS; verdict++) {
		made_stand(m, 1, verdict);
		made_take(m);
		assert_contains(made_draw(m, 24, 80), rows[verdict]);
	}
	m->services[1].judged.birth = 0;
	made_stand(m, 1, VERDICT_QUIET);
	m->services[1].verdict = "unjudged";
	made_take(m);
	assert_contains(made_draw(m, 24, 80), "Now    2 quiet   1 unjudged\n");
}

static void orders(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	made_take(m);
	made_keys(m, "b");
	assert_contains(made_draw(m, 24, 80), "Block port 6515 of myAgtSvc?");
	/* Nothing but a yes is one. */
	made_keys(m, "\n");
	assert_int_equal(m->top.prompt, PROMPT_NONE);
	assert_contains(made_draw(m, 24, 80), "nothing was changed");
	made_keys(m, "b\x1b");
	assert_int_equal(m->top.prompt, PROMPT_NONE);
	made_keys(m, "b");
	top_key(&m->top, TOP_KEY_DOWN);
	assert_int_equal(m->top.prompt, PROMPT_ORDER);
	assert_int_equal(top_key(&m->top, 'y'), TOP_OBEY);
	assert_int_equal(m->top.order.kind, ORDER_BLOCK);
	assert_int_equal(m->top.order.port_count, 1);
	assert_int_equal(m->top.order.ports[0], 6515);
	assert_int_equal(m->top.order.slot, 1);
	assert_string_equal(m->top.order.label, "myAgtSvc");
	top_answer(&m->top, true, "port 6515 is needed");
	assert_contains(made_draw(m, 24, 80), "! port 6515 is needed\n");
	made_keys(m, "r");
	assert_contains(made_draw(m, 24, 80), "! it is not contained");
	made_keys(m, "u");
	assert_contains(made_draw(m, 24, 80), "! none of its ports is blocked");
	make_contained(m);
	made_take(m);
	made_keys(m, "b");
	assert_contains(made_draw(m, 24, 80), "! all its ports are blocked");
	made_keys(m, "r");
	assert_contains(made_draw(m, 24, 80), "Release myAgtSvc?");
	assert_int_equal(top_key(&m->top, 'Y'), TOP_OBEY);
	assert_int_equal(m->top.order.kind, ORDER_RELEASE);
	made_keys(m, "u");
	assert_int_equal(top_key(&m->top, 'y'), TOP_OBEY);
	assert_int_equal(m->top.order.kind, ORDER_UNBLOCK);
	m->top.place.joined = false;
	made_keys(m, "b");
	assert_contains(made_draw(m, 24, 80), "! top watches by itself");
}

/* What the pane has no room for is reached. */
static void scrolling_the_pane(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	made_take(m);
	made_keys(m, "\n");
	assert_lacks(made_draw(m, 24, 80), "Processes");
	for (int i = 0; i < 40; i++) {
		made_keys(m, "]");
		made_draw(m, 24, 80);
	}
	assert_contains(made_draw(m, 24, 80), "Processes");
	assert_lacks(made_draw(m, 24, 80), " Why ");
	for (int i = 0; i < 40; i++)
		made_keys(m, "[");
	assert_contains(made_draw(m, 24, 80), " Why ");
	made_keys(m, "\x1b");
	assert_lacks(made_draw(m, 24, 80), " Why ");
}

static void any_size(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	make_contained(m);
	made_take(m);
	made_keys(m, "+jj");
	for (unsigned int mode = 0; mode < 4; mode++) {
		made_keys(m, mode == 1 ? "\n" : mode == 2 ? "u" : mode == 3 ? "n?" : "");
		for (unsigned int rows = 1; rows < 60; rows += rows < 30 ? 1 : 10)
			for (unsigned int columns = 1; columns < 300; columns += columns < 100 ? 3 : 50)
				made_draw(m, rows, columns);
	}
	assert_contains(made_draw(m, 3, 30), "needs 40x10");
}

static void check_printable(const struct frame *frame)
{
	for (size_t i = 0; i < (size_t)frame->rows * frame->columns; i++)
		if (frame->cells[i].glyph[0] < ' ' || frame->cells[i].glyph[0] > '~' ||
		    frame->cells[i].glyph[1])
			fail_msg("\"%s\" in the frame", frame->cells[i].glyph);
}

static void hostile_names(void **state)
{
	struct made_top *m = *state;

	make_incident(m);
	make_contained(m);
	made_take(m);
	made_keys(m, "+\nc");
	for (unsigned int first = 0; first < 256; first++) {
		for (size_t i = 0; i < sizeof(m->services[0].label); i++)
			m->services[0].label[i] = (char)(first + i);
		for (size_t i = 0; i < RT_COMM_LEN; i++)
			m->records[0][0].value.comm[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->facts[0][0].exe); i++)
			m->facts[0][0].exe[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->facts[0][0].user); i++)
			m->facts[0][0].user[i] = (char)(first + i);
		for (size_t i = 0; i < sizeof(m->interfaces[0].name); i++)
			m->interfaces[0].name[i] = (char)(first + i);
		for (size_t i = 0; i < RT_REASON_LEN - 1; i++)
			m->services[0].judged.reasons[0][i] = (char)(first + i);
		memcpy(m->top.place.host, m->services[0].label, sizeof(m->top.place.host));
		made_take(m);
		for (unsigned int columns = 40; columns < 260; columns += 40) {
			made_draw(m, 40, columns);
			check_printable(&m->frame);
		}
		made_keys(m, "u");
		made_draw(m, 40, 80);
		check_printable(&m->frame);
		made_keys(m, "n/x\x1b");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_incident),
		TEST(contained),
		TEST(questions_and_help),
		TEST(the_guard_in_trouble),
		TEST(losses),
		TEST(signs),
		TEST(orders),
		TEST(scrolling_the_pane),
		TEST(any_size),
		TEST(hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
