// SPDX-License-Identifier: GPL-2.0
/* The live view's rows: which services and processes stand in the table, in what order, and which is selected. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_columns.h"
#include "text.h"
#include "top_parts.h"

_Static_assert(FIGURES_MAX <= sizeof(((struct top *)0)->columns_shown),
	       "struct top has no room for all figures");

static int by_name(const struct view_service *one, const struct view_service *other)
{
	return strncmp(one->label, other->label, sizeof(one->label));
}

/* The view's own order, by urgency, decides between equals. */
static int by_column(const void *a, const void *b, void *context)
{
	__u32 one = *(const __u32 *)a, other = *(const __u32 *)b;
	const struct top *top = context;
	const struct view_service *services = top->view->services;
	double first, second;

	if (top->sort == SORT_NAME) {
		int order = by_name(&services[one], &services[other]);

		return order ? order : (one > other) - (one < other);
	}
	first = figure_value(top->sort, top->view, &services[one]);
	second = figure_value(top->sort, top->view, &services[other]);
	if (first != second)
		return first < second ? 1 : -1;
	return (one > other) - (one < other);
}

static char small(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

/* Whether @bytes, printable as they are shown, have the filter's text in them. */
static bool has(const struct top *top, const char *bytes, size_t length)
{
	char text[4 * 256 + 1];
	size_t got = text_printable(text, sizeof(text), bytes, strnlen(bytes, length), false);

	for (size_t i = 0; i < got; i++)
		text[i] = small(text[i]);
	return strstr(text, top->filter);
}

static bool service_matches(const struct top *top, const struct view_service *service)
{
	char ports[64];

	columns_ports(ports, sizeof(ports), service);
	return !*top->filter || has(top, service->label, sizeof(service->label)) ||
	       has(top, service->verdict, strlen(service->verdict)) || has(top, ports, sizeof(ports));
}

static bool process_matches(const struct top *top, const struct view_process *process)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%u", process->pid);
	return has(top, process->record->value.comm, RT_COMM_LEN) || has(top, pid, sizeof(pid)) ||
	       has(top, process->facts->user, sizeof(process->facts->user)) ||
	       has(top, process->facts->exe, sizeof(process->facts->exe));
}

static void add_row(struct top *top, __u32 service, __u32 process)
{
	top->rows[top->row_count++] = (struct top_row){.service = service, .process = process};
}

/* Of a service that does not match itself only the processes that do are shown. */
static void add_service(struct top *top, __u32 index)
{
	const struct view_service *service = &top->view->services[index];
	const struct top_memory *memory = rows_memory(top, service);
	bool all = service_matches(top, service), any = all;
	size_t place = top->row_count;

	add_row(top, index, ROW_SERVICE);
	for (__u32 i = 0; i < service->process_count && (!any || (memory && memory->expanded)); i++) {
		if (!all && !process_matches(top, &service->processes[i]))
			continue;
		any = true;
		if (memory && memory->expanded)
			add_row(top, index, i);
	}
	if (any)
		top->matching++;
	else
		top->row_count = place;
}

static bool is_chosen(const struct top *top, const struct top_row *row, bool as_service)
{
	const struct view_service *service = &top->view->services[row->service];
	const struct top_choice *choice = &top->choice;

	if (service->slot != choice->slot || service->birth != choice->birth)
		return false;
	if (as_service || row->process == ROW_SERVICE)
		return row->process == ROW_SERVICE && (as_service || !choice->pid);
	return service->processes[row->process].pid == choice->pid &&
	       service->processes[row->process].start_time == choice->start_time;
}

/* The row with the choice; else that of its service. False if neither is there. */
static bool find_chosen(struct top *top)
{
	for (int as_service = 0; as_service < 2; as_service++)
		for (size_t i = 0; i < top->row_count; i++)
			if (is_chosen(top, &top->rows[i], as_service)) {
				top->selected = i;
				return true;
			}
	return false;
}

/* What stands in the selected row is the choice from now on. */
static void choose(struct top *top)
{
	const struct view_service *service = rows_service(top);
	const struct top_row *row = &top->rows[top->selected];

	top->choice = (struct top_choice){0};
	if (!service)
		return;
	top->choice.slot = service->slot;
	top->choice.birth = service->birth;
	if (row->process == ROW_SERVICE)
		return;
	top->choice.pid = service->processes[row->process].pid;
	top->choice.start_time = service->processes[row->process].start_time;
}

void rows_build(struct top *top)
{
	size_t count = top->view ? top->view->service_count : 0;

	top->row_count = top->matching = 0;
	for (size_t i = 0; i < count; i++)
		top->ranks[i] = i;
	if (count)
		qsort_r(top->ranks, count, sizeof(*top->ranks), by_column, top);
	for (size_t i = 0; i < count; i++)
		add_service(top, top->ranks[i]);
	if (!top->chosen)
		top->selected = 0;
	else if (find_chosen(top))
		return;
	if (top->selected >= top->row_count)
		top->selected = top->row_count ? top->row_count - 1 : 0;
	choose(top);
}

void rows_move(struct top *top, long by)
{
	size_t last = top->row_count ? top->row_count - 1 : 0;

	if (by < 0)
		top->selected = (size_t)-by > top->selected ? 0 : top->selected - (size_t)-by;
	else
		top->selected = (size_t)by > last - top->selected ? last : top->selected + (size_t)by;
	top->chosen = true;
	top->pane_offset = 0;
	choose(top);
}

const struct view_service *rows_service(const struct top *top)
{
	return top->selected < top->row_count ? &top->view->services[top->rows[top->selected].service] : NULL;
}

struct top_memory *rows_memory(const struct top *top, const struct view_service *service)
{
	struct top_memory *memory = service->slot < top->memory_count ? top->memories[service->slot] : NULL;

	return memory && memory->birth == service->birth ? memory : NULL;
}

static void set_expanded(struct top *top, bool expanded)
{
	const struct view_service *service = rows_service(top);
	struct top_memory *memory = service ? rows_memory(top, service) : NULL;

	if (!memory || memory->expanded == expanded)
		return;
	memory->expanded = expanded;
	top->chosen = true;
	if (!expanded)
		top->choice.pid = 0;
	rows_build(top);
}

void rows_expand(struct top *top)
{
	set_expanded(top, true);
}

void rows_collapse(struct top *top)
{
	set_expanded(top, false);
}

/* The orders are the columns from left to right, the name before them. */
void rows_sort(struct top *top, bool forward)
{
	int count = figures_count();

	do {
		top->sort += forward ? 1 : -1;
		if (top->sort >= count)
			top->sort = SORT_NAME;
		else if (top->sort < SORT_NAME)
			top->sort = count - 1;
	} while (top->sort != SORT_NAME && !top->columns_shown[top->sort] && !figure_is_verdict(top->sort));
	rows_build(top);
}
