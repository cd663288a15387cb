/* SPDX-License-Identifier: GPL-2.0 */
/* A live view of services made by hand, and its frames as text. */
#ifndef RELAYTRAP_TEST_MADE_TOP_H
#define RELAYTRAP_TEST_MADE_TOP_H

#include "common.h"

#include "top.h"

#define SECOND 1000000000ULL
#define MADE_SERVICES 16
#define MADE_PROCESSES 8 /* of each service */

struct made_top {
	struct top top;
	struct frame frame;
	struct view view;
	struct rt_config config;
	struct view_service services[MADE_SERVICES];
	struct view_process processes[MADE_SERVICES][MADE_PROCESSES];
	struct process_record records[MADE_SERVICES][MADE_PROCESSES];
	struct process_facts facts[MADE_SERVICES][MADE_PROCESSES];
	struct view_listener listeners[MADE_SERVICES];
	__u16 ports[MADE_SERVICES];
	struct view_block blocks[4];
	struct rt_interface interfaces[4];
};

static inline void made_process(struct made_top *m, size_t i, size_t j)
{
	m->processes[i][j] = (struct view_process){.pid = 1000 + 100 * i + j,
						   .start_time = SECOND,
						   .record = &m->records[i][j],
						   .facts = &m->facts[i][j]};
	m->records[i][j].value.role = RT_ROLE_READER;
	snprintf(m->records[i][j].value.comm, RT_COMM_LEN, "worker%zu", i);
	snprintf(m->facts[i][j].user, sizeof(m->facts[i][j].user), "nobody");
	snprintf(m->facts[i][j].exe, sizeof(m->facts[i][j].exe), "/usr/sbin/program%zu", i);
}

/* Services "service0" to "service15" on ports 6500 to 6515, all quiet; the view shows @count of them. */
static inline void made_services(struct made_top *m, size_t count)
{
	m->config.watched[6515 / 8] = 1 << 6515 % 8;
	m->config.window = 300 * SECOND;
	m->view = (struct view){.config = &m->config,
				.now = 100 * SECOND,
				.time = 1000,
				.uptime = 303,
				.services = m->services,
				.service_count = count,
				.process_count = count * MADE_PROCESSES};
	for (size_t i = 0; i < MADE_SERVICES; i++) {
		m->ports[i] = 6500 + i;
		m->services[i] = (struct view_service){.verdict = "quiet",
						       .judged = {.birth = SECOND},
						       .since = 700,
						       .ports = &m->ports[i],
						       .port_listeners = &m->listeners[i],
						       .port_count = 1,
						       .processes = m->processes[i],
						       .process_count = MADE_PROCESSES,
						       .slot = 1 + i,
						       .birth = SECOND};
		snprintf(m->services[i].label, sizeof(m->services[i].label), "service%zu", i);
		for (size_t j = 0; j < MADE_PROCESSES; j++)
			made_process(m, i, j);
	}
}

static inline void made_take(struct made_top *m)
{
	struct error error;

	assert_int_equal(top_take(&m->top, &m->view, "2012-01-18 12:00:00", &error), 0);
}

static inline void made_begin(struct made_top *m, bool utf8)
{
	const struct top_place place = {.host = "lab", .kernel = "6.1.0", .joined = true, .utf8 = utf8};

	top_end(&m->top);
	top_begin(&m->top, &place, SECOND);
}

static inline int setup(void **state)
{
	struct made_top *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	made_services(m, 3);
	made_begin(m, false);
	made_take(m);
	*state = m;
	return 0;
}

static inline int teardown(void **state)
{
	struct made_top *m = *state;

	top_end(&m->top);
	frame_free(&m->frame);
	free(m);
	return 0;
}

/* The screen as text, a line for each row, without the blanks at the ends; selected rows begin with a *. */
static inline const char *made_draw(struct made_top *m, unsigned int rows, unsigned int columns)
{
	static char text[65536];
	struct error error;
	char *end = text;

	assert_int_equal(frame_resize(&m->frame, rows, columns, &error), 0);
	top_draw(&m->top, &m->frame);
	for (unsigned int row = 0; row < rows; row++) {
		const struct frame_cell *cells = &m->frame.cells[row * columns];
		char *start = end;

		if (cells[0].selected)
			*end++ = '*';
		for (unsigned int column = 0; column < columns; column++)
			end = stpcpy(end, cells[column].glyph);
		while (end > start && end[-1] == ' ')
			end--;
		*end++ = '\n';
	}
	*end = '\0';
	return text;
}

static inline void made_keys(struct made_top *m, const char *keys)
{
	for (; *keys; keys++)
		assert_true(top_key(&m->top, (unsigned char)*keys) <= TOP_REPAINT);
}

static inline void made_stand(struct made_top *m, size_t i, enum verdict verdict)
{
	m->services[i].standing = m->services[i].judged.verdict = verdict;
	m->services[i].verdict = verdict_name(verdict);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
