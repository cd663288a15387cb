// SPDX-License-Identifier: GPL-2.0
#include "table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "interface_words.h"
#include "ports.h"
#include "remedies.h"
#include "table_columns.h"
#include "text.h"
#include "units.h"
#include "view_guard.h"

#define LINE_SIZE 2048
#define INDENT 4
/* The most active ones; more would push the other services out of sight. */
#define PROCESSES_SHOWN 10
#define BLOCKS_SHOWN 10

/* What is needed while a table is built. */
struct layout {
	struct table *table;
	const struct view *view;
	struct columns columns;
	unsigned int width; /* 0 = no limit */
	bool many_netns;    /* processes in more than one network namespace */
	bool failed;
};

/* A line being written; what is beyond its end is dropped. */
struct line {
	char text[LINE_SIZE];
	size_t used;
};

/* Pieces joined by commas into as few lines as possible. */
struct flow {
	struct layout *layout;
	enum table_kind kind;
	unsigned int indent;
	struct line line;
};

static void line_put(struct line *line, const char *text)
{
	size_t length = strnlen(text, sizeof(line->text) - 1 - line->used);

	memcpy(line->text + line->used, text, length);
	line->used += length;
	line->text[line->used] = '\0';
}

/* Cuts or fills with blanks to @width. */
static void line_fit(struct line *line, size_t width)
{
	if (width > sizeof(line->text) - 1)
		width = sizeof(line->text) - 1;
	if (line->used < width)
		memset(line->text + line->used, ' ', width - line->used);
	line->used = width;
	line->text[width] = '\0';
}

static void add_line(struct layout *layout, enum table_kind kind, const char *text)
{
	struct table *table = layout->table;
	size_t length = layout->width ? strnlen(text, layout->width) : strlen(text);
	struct table_line *lines;

	if (table->count == table->room) {
		size_t room = table->room ? 2 * table->room : 64;

		lines = reallocarray(table->lines, room, sizeof(*lines));
		if (!lines) {
			layout->failed = true;
			return;
		}
		table->lines = lines;
		table->room = room;
	}
	while (length && text[length - 1] == ' ')
		length--;
	table->lines[table->count].kind = kind;
	table->lines[table->count].text = strndup(text, length);
	if (table->lines[table->count].text)
		table->count++;
	else
		layout->failed = true;
}

static void flow_end(struct flow *flow)
{
	if (flow->line.used > flow->indent)
		add_line(flow->layout, flow->kind, flow->line.text);
	flow->line.used = 0;
}

static void flow_add(struct flow *flow, const char *piece)
{
	unsigned int width = flow->layout->width;

	/* With a comma before and one behind. */
	if (width && flow->line.used &&
	    flow->line.used + strlen(", ") + strlen(piece) + strlen(",") > width) {
		line_put(&flow->line, ",");
		flow_end(flow);
	}
	if (flow->line.used)
		line_put(&flow->line, ", ");
	else
		line_fit(&flow->line, flow->indent);
	line_put(&flow->line, piece);
}

static __u64 seconds_ns(double seconds)
{
	return seconds > 0 ? (__u64)(seconds * NS_PER_S) : 0;
}

static void add_summary(struct layout *layout, const char *time)
{
	char ports[64], age[UNITS_TEXT], line[LINE_SIZE];
	const struct view *view = layout->view;
	struct ports watched;

	memcpy(watched.bits, view->config->watched, sizeof(watched.bits));
	ports_format(&watched, ports, sizeof(ports));
	units_format_age(age, (__u64)(view->uptime * NS_PER_S));
	snprintf(line, sizeof(line), "%s  watching %s for %s: %zu service%s, %zu process%s", time, ports, age,
		 view->service_count, view->service_count == 1 ? "" : "s", view->process_count,
		 view->process_count == 1 ? "" : "es");
	add_line(layout, TABLE_SUMMARY, line);
}

static void add_block(struct layout *layout, const struct view_block *block)
{
	struct flow flow = {.layout = layout, .kind = TABLE_GUARD, .indent = INDENT};
	const struct rt_block_count *count = &block->count;
	bool dry = layout->view->dry_run;
	char piece[2 * FIGURE_SIZE], text[UNITS_TEXT];

	units_format_age(text, seconds_ns(layout->view->time - block->since));
	snprintf(piece, sizeof(piece), "port %u %s by the %s for %s", block->port,
		 dry ? "would be blocked" : "blocked", origin_name(block->origin), text);
	flow_add(&flow, piece);
	units_format_age(text, seconds_ns(block->expires - layout->view->time));
	snprintf(piece, sizeof(piece), "ends in %s", text);
	flow_add(&flow, block->expires > 0 ? piece : "without end");
	units_format_count(text, dry ? count->would_drop_syns : count->syns);
	snprintf(piece, sizeof(piece), "requests %s: %s", dry ? "that would be dropped" : "dropped", text);
	flow_add(&flow, piece);
	units_format_count(text, dry ? count->would_drop : count->packets);
	snprintf(piece, sizeof(piece), "packets: %s", text);
	flow_add(&flow, piece);
	units_format_bytes(text, dry ? count->would_drop_bytes : count->bytes);
	snprintf(piece, sizeof(piece), "bytes: %s", text);
	flow_add(&flow, piece);
	flow_end(&flow);
}

static void add_interfaces(struct layout *layout)
{
	struct flow flow = {.layout = layout, .kind = TABLE_GUARD, .indent = INDENT};
	const struct view *view = layout->view;
	char text[INTERFACE_WORDS];

	for (size_t i = 0; i < view->interface_count; i++) {
		interface_words(text, &view->interfaces[i]);
		if (interface_is_guarded(&view->interfaces[i]))
			flow_add(&flow, text);
	}
	flow_end(&flow);
	flow.kind = TABLE_LOSS;
	for (size_t i = 0; i < view->interface_count; i++) {
		interface_words(text, &view->interfaces[i]);
		if (!interface_is_guarded(&view->interfaces[i]) &&
		    view->interfaces[i].state != RT_INTERFACE_UNFIT) {
			flow_add(&flow, text);
			flow_end(&flow);
		}
	}
}

/* What is done about it all: the mode, what is blocked, and where the guard stands. */
static void add_guard(struct layout *layout)
{
	const struct view *view = layout->view;
	size_t blocked = 0, shown = 0;
	char text[64];

	for (size_t i = 0; i < view->block_count; i++)
		blocked += view->blocks[i].in_force;
	snprintf(text, sizeof(text), "mode %s, %s", mode_name(view->mode),
		 blocked ? "blocked ports:" : "nothing is blocked");
	add_line(layout, TABLE_GUARD, text);
	for (size_t i = 0; i < view->block_count && shown < BLOCKS_SHOWN; i++)
		if (view->blocks[i].in_force) {
			add_block(layout, &view->blocks[i]);
			shown++;
		}
	snprintf(text, sizeof(text), "%*sand %zu more: 'relaytrap list' has all", INDENT, "",
		 blocked - shown);
	if (shown < blocked)
		add_line(layout, TABLE_GUARD, text);
	add_interfaces(layout);
}

static void add_losses(struct layout *layout)
{
	struct flow flow = {.layout = layout, .kind = TABLE_LOSS};
	char piece[FIGURE_SIZE];
	bool any = false;

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		if (!layout->view->lost[cause])
			continue;
		snprintf(piece, sizeof(piece), "%s%s %llu", any ? "" : "LOST: ", lost_name(cause),
			 layout->view->lost[cause]);
		flow_add(&flow, piece);
		any = true;
	}
	flow_end(&flow);
}

/* Ends the left part of @line and adds what follows it. */
static void add_row(struct layout *layout, enum table_kind kind, struct line *line, const char *rest)
{
	line_fit(line, layout->columns.left);
	line_put(line, rest);
	add_line(layout, kind, line->text);
}

static void add_heads(struct layout *layout)
{
	struct line first = {0}, second = {0};
	char rest[LINE_SIZE];

	line_put(&first, "SERVICE");
	line_fit(&first, layout->columns.left - strlen("PORTS"));
	line_put(&first, "PORTS");
	columns_titles(rest, sizeof(rest), &layout->columns);
	add_row(layout, TABLE_HEAD, &first, rest);
	line_put(&second, "      PID USER");
	columns_process_titles(rest, sizeof(rest));
	add_row(layout, TABLE_HEAD, &second, rest);
}

static void add_service(struct layout *layout, const struct view_service *service)
{
	struct flow flow = {.layout = layout, .kind = TABLE_DETAIL, .indent = INDENT};
	char rest[LINE_SIZE], piece[FIGURE_SIZE];
	char name[LEFT_MOST + 1];
	struct line line = {0};

	columns_name(name, sizeof(name), layout->columns.left, service);
	line_put(&line, name);
	columns_service(rest, sizeof(rest), &layout->columns, layout->view, service);
	add_row(layout, TABLE_SERVICE, &line, rest);
	for (size_t i = 0; i < figures_count(); i++)
		if (figure_in_words(piece, i, &layout->columns, layout->view, service))
			flow_add(&flow, piece);
	flow_end(&flow);
}

/* What stops it, or would in dry-run. */
static void add_containment(struct layout *layout, const struct view_service *service)
{
	struct flow flow = {.layout = layout, .kind = TABLE_REASON, .indent = INDENT};
	char text[REMEDY_TEXT];

	if (!service->containment.in_force)
		return;
	containment_words(text, layout->view, service);
	for (char *piece = text, *next; piece; piece = next) {
		next = strstr(piece, ", ");
		if (next) {
			*next = '\0';
			next += strlen(", ");
		}
		flow_add(&flow, piece);
	}
	flow_end(&flow);
}

/* From suspect on the reasons stand below the service, a line each at least. */
static void add_reasons(struct layout *layout, const struct view_service *service)
{
	char line[INDENT + RT_REASON_LEN];

	if (service->judged.verdict < VERDICT_SUSPECT)
		return;
	for (__u32 i = 0; i < service->judged.reason_count; i++) {
		snprintf(line, sizeof(line), "%*s%s", INDENT, "", service->judged.reasons[i]);
		add_line(layout, TABLE_REASON, line);
	}
}

/* All of it or nothing: half a path or half a number misleads. */
static void put_if_it_fits(struct line *line, size_t room, const char *text)
{
	if (!*text || line->used + strlen("  ") + strlen(text) > room)
		return;
	line_put(line, "  ");
	line_put(line, text);
}

/* The program's own name, then what else there is of it as far as it fits in @room columns. */
static void put_program(struct line *line, size_t room, const struct layout *layout,
			const struct view_process *process)
{
	const struct rt_process *counted = &process->record->value;
	char comm[4 * RT_COMM_LEN + 1], netns[32], exe[4 * sizeof(process->facts->exe) + 1];

	text_fitting(comm, sizeof(comm), counted->comm, sizeof(counted->comm));
	line_put(line, *comm ? comm : "-");
	if (counted->role == RT_ROLE_CANDIDATE)
		line_put(line, " (listens)");
	snprintf(netns, sizeof(netns), "netns %u", counted->netns);
	if (layout->many_netns)
		put_if_it_fits(line, room, netns);
	text_fitting(exe, sizeof(exe), process->facts->exe, sizeof(process->facts->exe));
	put_if_it_fits(line, room, exe);
}

static void add_process(struct layout *layout, const struct view_process *process)
{
	char figures[128], pid[16], user[sizeof(process->facts->user)];
	size_t width = layout->columns.left;
	struct line line = {0};

	snprintf(pid, sizeof(pid), "  %7u ", process->pid);
	line_put(&line, pid);
	/* At least one blank stays behind the name. */
	width -= line.used;
	text_fitting(user, width < sizeof(user) ? width : sizeof(user), process->facts->user,
		     sizeof(process->facts->user));
	line_put(&line, user);
	line_fit(&line, layout->columns.left);
	columns_process(figures, sizeof(figures), process);
	line_put(&line, figures);
	put_program(&line, layout->width ? layout->width : LINE_SIZE, layout, process);
	add_line(layout, TABLE_PROCESS, line.text);
}

static void add_processes(struct layout *layout, const struct view_service *service)
{
	size_t shown = service->process_count;
	char more[64];

	/* One line more shows as much as the line that says there is one more. */
	if (shown > PROCESSES_SHOWN + 1)
		shown = PROCESSES_SHOWN;
	for (size_t i = 0; i < shown && !layout->failed; i++)
		add_process(layout, &service->processes[i]);
	snprintf(more, sizeof(more), "%*sand %zu more processes", INDENT, "", service->process_count - shown);
	if (shown < service->process_count)
		add_line(layout, TABLE_DETAIL, more);
}

static bool has_many_netns(const struct view *view)
{
	const struct rt_process *first = NULL;

	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];

		for (size_t j = 0; j < service->process_count; j++) {
			if (!first)
				first = &service->processes[j].record->value;
			if (service->processes[j].record->value.netns != first->netns)
				return true;
		}
	}
	return false;
}

int table_build(struct table *table, const struct view *view, const char *time, unsigned int width,
		struct error *error)
{
	struct layout layout = {
		.table = table, .view = view, .width = width, .many_netns = has_many_netns(view)};

	memset(table, 0, sizeof(*table));
	columns_choose(&layout.columns, view, width, columns_left(view));
	add_summary(&layout, time);
	add_guard(&layout);
	add_losses(&layout);
	if (!view->service_count)
		add_line(&layout, TABLE_NOTE, "no program listens on a watched port");
	else
		add_heads(&layout);
	for (size_t i = 0; i < view->service_count && !layout.failed; i++) {
		add_service(&layout, &view->services[i]);
		add_containment(&layout, &view->services[i]);
		add_reasons(&layout, &view->services[i]);
		add_processes(&layout, &view->services[i]);
	}
	if (!layout.failed)
		return 0;
	table_free(table);
	return fail(error, "not enough memory for a table");
}

int table_print(FILE *stream, const struct table *table, struct error *error)
{
	for (size_t i = 0; i < table->count; i++)
		fprintf(stream, "%s\n", table->lines[i].text);
	if (fflush(stream) || ferror(stream))
		return fail(error, "cannot write the table: %s", strerror(errno));
	return 0;
}

void table_free(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->lines[i].text);
	free(table->lines);
	memset(table, 0, sizeof(*table));
}
