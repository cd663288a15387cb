// SPDX-License-Identifier: GPL-2.0
#include "top.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_columns.h"
#include "top_parts.h"
#include "units.h"

static int sort_by_verdict(void)
{
	size_t i = 0;

	while (!figure_is_verdict(i))
		i++;
	return (int)i;
}

void top_begin(struct top *top, const struct top_place *place, __u64 interval)
{
	*top = (struct top){.place = *place, .interval = interval, .sort = sort_by_verdict()};
	top->glyphs = glyphs_for(place->utf8);
}

void top_end(struct top *top)
{
	for (size_t i = 0; i < top->memory_count; i++)
		free(top->memories[i]);
	free(top->memories);
	free(top->rows);
	free(top->ranks);
	memset(top, 0, sizeof(*top));
}

/* Room for every row that @view may need. */
static int make_room(struct top *top, const struct view *view, struct error *error)
{
	size_t rows = view->service_count, slots = 0;
	struct top_memory **memories;

	for (size_t i = 0; i < view->service_count; i++) {
		rows += view->services[i].process_count;
		if (view->services[i].slot >= slots)
			slots = view->services[i].slot + 1;
	}
	free(top->rows);
	free(top->ranks);
	top->row_count = 0;
	top->rows = calloc(rows + 1, sizeof(*top->rows));
	top->ranks = calloc(view->service_count + 1, sizeof(*top->ranks));
	if (!top->rows || !top->ranks)
		return fail(error, "not enough memory for the rows of a table");
	if (slots <= top->memory_count)
		return 0;
	memories = reallocarray(top->memories, slots, sizeof(*memories));
	if (!memories)
		return fail(error, "not enough memory for the last minute of %zu services", slots);
	memset(memories + top->memory_count, 0, (slots - top->memory_count) * sizeof(*memories));
	top->memories = memories;
	top->memory_count = slots;
	return 0;
}

double view_rate(const struct view *view, __u64 before, __u64 after)
{
	return view->interval > 0 && after > before ? (after - before) / view->interval : 0;
}

static double counter_rate(const struct view *view, const struct view_service *service,
			   enum rt_counter counter)
{
	return view_rate(view, service->before[counter], service->counters[counter]);
}

static int remember(struct top *top, const struct view *view, const struct view_service *service,
		    struct error *error)
{
	struct top_memory **memory = &top->memories[service->slot];
	__u64 second = view->now / NS_PER_S;
	double bytes = 0;

	if (!*memory)
		*memory = calloc(1, sizeof(**memory));
	if (!*memory)
		return fail(error, "not enough memory for the last minute of a service");
	if ((*memory)->birth != service->birth)
		**memory = (struct top_memory){.birth = service->birth};
	minute_add(&(*memory)->minutes[SERIES_FAN_OUT], second, (double)service->fan_out);
	/* Rates are of the time between two views. */
	if (view->interval <= 0)
		return 0;
	for (int i = RT_CLIENT_RECEIVED; i <= RT_UPSTREAM_SENT; i++)
		bytes += counter_rate(view, service, i);
	minute_add(&(*memory)->minutes[SERIES_ACCEPTS], second, counter_rate(view, service, RT_ACCEPTS));
	minute_add(&(*memory)->minutes[SERIES_CONNECTS], second, counter_rate(view, service, RT_CONNECTS));
	minute_add(&(*memory)->minutes[SERIES_BYTES], second, bytes);
	return 0;
}

/* Packets that the guard dropped, or in dry-run would have. */
static void remember_guard(struct top *top, const struct view *view)
{
	double dropped = 0;

	for (size_t i = 0; i < view->block_count; i++) {
		const struct view_block *block = &view->blocks[i];

		dropped += view_rate(view, block->before.packets + block->before.would_drop,
				     block->count.packets + block->count.would_drop);
	}
	if (view->interval > 0)
		minute_add(&top->dropped, view->now / NS_PER_S, dropped);
}

int top_take(struct top *top, const struct view *view, const char *time, struct error *error)
{
	top->view = NULL;
	if (make_room(top, view, error))
		return -1;
	for (size_t i = 0; i < view->service_count; i++)
		if (remember(top, view, &view->services[i], error))
			return -1;
	remember_guard(top, view);
	top->view = view;
	snprintf(top->time, sizeof(top->time), "%s", time);
	rows_build(top);
	return 0;
}

void top_answer(struct top *top, bool failed, const char *text)
{
	snprintf(top->message, sizeof(top->message), "%s", text);
	top->message_bad = failed;
}
