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
#include "table_lines.h"
#include "text.h"
#include "units.h"
#include "view_guard.h"

#define INDENT 4
/* The most active ones; more would push the other services out of sight. */
#define PROCESSES_SHOWN 10
#define BLOCKS_SHOWN 10

/* What is needed while a table is built. */
struct layout {
	struct table_writer writer;
	const struct view *view;
	struct columns columns;
	bool many_netns; /* processes in more than one network namespace */
};

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
	table_add(&layout->writer, TABLE_SUMMARY, line);
}

static void add_block(struct layout *layout, const struct view_block *block)
{
	struct table_flow flow = {.writer = &layout->writer, .kind = TABLE_GUARD, .indent = INDENT};
	const struct rt_block_count *count = &block->count;
	bool dry = layout->view->dry_run;
	char piece[2 * FIGURE_SIZE], text[UNITS_TEXT];

	units_format_age(text, seconds_ns(layout->view->time - block->since));
	snprintf(piece, sizeof(piece), "port %u %s by the %s for %s", block->port,
		 dry ? "would be blocked" : "blocked", origin_name(block->origin), text);
	table_flow_add(&flow, piece);
	units_format_age(text, seconds_ns(block->expires - layout->view->time));
	snprintf(piece, sizeof(piece), "ends in %s", text);
	table_flow_add(&flow, block->expires > 0 ? piece : "without end");
	units_format_count(text, dry ? count->would_drop_syns : count->syns);
	snprintf(piece, sizeof(piece), "requests %s: %s", dry ? "that would be dropped" : "dropped", text);
	table_flow_add(&flow, piece);
	units_format_count(text, dry ? count->would_drop : count->packets);
	snprintf(piece, sizeof(piece), "packets: %s", text);
	table_flow_add(&flow, piece);
	units_format_bytes(text, dry ? count->would_drop_bytes : count->bytes);
	snprintf(piece, sizeof(piece), "bytes: %s", text);
	table_flow_add(&flow, piece);
	table_flow_end(&flow);
}

static void add_interfaces(struct layout *layout)
{
	struct table_flow flow = {.writer = &layout->writer, .kind = TABLE_GUARD, .indent = INDENT};
	const struct view *view = layout->view;
	char text[INTERFACE_WORDS];

	for (size_t i = 0; i < view->interface_count; i++) {
		interface_words(text, &view->interfaces[i]);
		if (interface_is_guarded(&view->interfaces[i]))
			table_flow_add(&flow, text);
	}
	table_flow_end(&flow);
	flow.kind = TABLE_LOSS;
	for (size_t i = 0; i < view->interface_count; i++) {
		interface_words(text, &view->interfaces[i]);
		if (!interface_is_guarded(&view->interfaces[i]) &&
		    view->interfaces[i].state != RT_INTERFACE_UNFIT) {
			table_flow_add(&flow, text);
			table_flow_end(&flow);
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
	table_add(&layout->writer, TABLE_GUARD, text);
	for (size_t i = 0; i < view->block_count && shown < BLOCKS_SHOWN; i++)
		if (view->blocks[i].in_force) {
			add_block(layout, &view->blocks[i]);
			shown++;
		}
	snprintf(text, sizeof(text), "%*sand %zu more: 'relaytrap list' has all", INDENT, "",
		 blocked - shown);
	if (shown < blocked)
		table_add(&layout->writer, TABLE_GUARD, text);
	add_interfaces(layout);
}

static void add_losses(struct layout *layout)
{
	struct table_flow flow = {.writer = &layout->writer, .kind = TABLE_LOSS};
	char piece[FIGURE_SIZE];
	bool any = false;

	for (unsigned int cause = 0; cause < LOST_CAUSES; cause++) {
		if (!layout->view->lost[cause])
			continue;
		snprintf(piece, sizeof(piece), "%s%s %llu", any ? "" : "LOST: ", lost_name(cause),
			 layout->view->lost[cause]);
		table_flow_add(&flow, piece);
		any = true;
	}
	table_flow_end(&flow);
}

/* Ends the left part of @line and adds what follows it. */
static void add_row(struct layout *layout, enum table_kind kind, struct table_text *line, const char *rest)
{
	table_text_fit(line, layout->columns.left);
	table_text_put(line, rest);
	table_add(&layout->writer, kind, line->text);
}

static void add_heads(struct layout *layout)
{
	struct table_text first = {0}, second = {0};
	char rest[LINE_SIZE];

	table_text_put(&first, "SERVICE");
	table_text_fit(&first, layout->columns.left - strlen("PORTS"));
	table_text_put(&first, "PORTS");
	columns_titles(rest, sizeof(rest), &layout->columns);
	add_row(layout, TABLE_HEAD, &first, rest);
	table_text_put(&second, "      PID USER");
	columns_process_titles(rest, sizeof(rest));
	add_row(layout, TABLE_HEAD, &second, rest);
}

static void add_service(struct layout *layout, const struct view_service *service)
{
	struct table_flow flow = {.writer = &layout->writer, .kind = TABLE_DETAIL, .indent = INDENT};
	char rest[LINE_SIZE], piece[FIGURE_SIZE];
	char name[LEFT_MOST + 1];
	struct table_text line = {0};

	columns_name(name, sizeof(name), layout->columns.left, service);
	table_text_put(&line, name);
	columns_service(rest, sizeof(rest), &layout->columns, layout->view, service);
	add_row(layout, TABLE_SERVICE, &line, rest);
	for (size_t i = 0; i < figures_count(); i++)
		if (figure_in_words(piece, i, &layout->columns, layout->view, service))
			table_flow_add(&flow, piece);
	table_flow_end(&flow);
}

/* What stops it, or would in dry-run. */
static void add_containment(struct layout *layout, const struct view_service *service)
{
	struct table_flow flow = {.writer = &layout->writer, .kind = TABLE_REASON, .indent = INDENT};
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
		table_flow_add(&flow, piece);
	}
	table_flow_end(&flow);
}

/* From suspect on the reasons stand below the service, a line each at least. */
static void add_reasons(struct layout *layout, const struct view_service *service)
{
	char line[INDENT + RT_REASON_LEN];

	if (service->judged.verdict < VERDICT_SUSPECT)
		return;
	for (__u32 i = 0; i < service->judged.reason_count; i++) {
		snprintf(line, sizeof(line), "%*s%s", INDENT, "", service->judged.reasons[i]);
		table_add(&layout->writer, TABLE_REASON, line);
	}
}

/* All of it or nothing: half a path or half a number misleads. */
static void put_if_it_fits(struct table_text *line, size_t room, const char *text)
{
	if (!*text || line->used + strlen("  ") + strlen(text) > room)
		return;
	table_text_put(line, "  ");
	table_text_put(line, text);
}

/* The program's own name, then what else there is of it as far as it fits in @room columns. */
static void put_program(struct table_text *line, size_t room, const struct layout *layout,
			const struct view_process *process)
{
	const struct rt_process *counted = &process->record->value;
	char comm[4 * RT_COMM_LEN + 1], netns[32], exe[4 * sizeof(process->facts->exe) + 1];

	text_fitting(comm, sizeof(comm), counted->comm, sizeof(counted->comm));
	table_text_put(line, *comm ? comm : "-");
	if (counted->role == RT_ROLE_CANDIDATE)
		table_text_put(line, " (listens)");
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
	struct table_text line = {0};

	snprintf(pid, sizeof(pid), "  %7u ", process->pid);
	table_text_put(&line, pid);
	/* At least one blank stays behind the name. */
	width -= line.used;
	text_fitting(user, width < sizeof(user) ? width : sizeof(user), process->facts->user,
		     sizeof(process->facts->user));
	table_text_put(&line, user);
	table_text_fit(&line, layout->columns.left);
	columns_process(figures, sizeof(figures), process);
	table_text_put(&line, figures);
	put_program(&line, layout->writer.width ? layout->writer.width : LINE_SIZE, layout, process);
	table_add(&layout->writer, TABLE_PROCESS, line.text);
}

static void add_processes(struct layout *layout, const struct view_service *service)
{
	size_t shown = service->process_count;
	char more[64];

	/* One line more shows as much as the line that says there is one more. */
	if (shown > PROCESSES_SHOWN + 1)
		shown = PROCESSES_SHOWN;
	for (size_t i = 0; i < shown && !layout->writer.failed; i++)
		add_process(layout, &service->processes[i]);
	snprintf(more, sizeof(more), "%*sand %zu more processes", INDENT, "", service->process_count - shown);
	if (shown < service->process_count)
		table_add(&layout->writer, TABLE_DETAIL, more);
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
		.writer = {.table = table, .width = width}, .view = view, .many_netns = has_many_netns(view)};

	memset(table, 0, sizeof(*table));
	columns_choose(&layout.columns, view, width, columns_left(view));
	add_summary(&layout, time);
	add_guard(&layout);
	add_losses(&layout);
	if (!view->service_count)
		table_add(&layout.writer, TABLE_NOTE, "no program listens on a watched port");
	else
		add_heads(&layout);
	for (size_t i = 0; i < view->service_count && !layout.writer.failed; i++) {
		add_service(&layout, &view->services[i]);
		add_containment(&layout, &view->services[i]);
		add_reasons(&layout, &view->services[i]);
		add_processes(&layout, &view->services[i]);
	}
	if (!layout.writer.failed)
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
