// SPDX-License-Identifier: GPL-2.0
#include "view_guard.h"

#include <stdlib.h>
#include <string.h>

static const char *const states[RT_INTERFACE_STATES] = {
	[RT_INTERFACE_NONE] = "none",       [RT_INTERFACE_NATIVE] = "native",
	[RT_INTERFACE_GENERIC] = "generic", [RT_INTERFACE_FOREIGN] = "foreign",
	[RT_INTERFACE_UNFIT] = "unfit",     [RT_INTERFACE_FAILED] = "failed",
};

static const char *const origins[RT_ORIGINS] = {
	[RT_OPERATOR] = "operator",
	[RT_ENGINE] = "engine",
	[RT_SETTINGS] = "settings",
};

static const char *const modes[RT_MODES] = {
	[RT_OBSERVE] = "observe",
	[RT_DRY_RUN] = "dry-run",
	[RT_ENFORCE] = "enforce",
};

static const char *const causes[RT_GUARD_CAUSES] = {
	[RT_GUARD_FRAGMENTS] = "fragments",
	[RT_GUARD_TRUNCATED] = "truncated",
	[RT_GUARD_MALFORMED] = "malformed",
	[RT_GUARD_TAGS] = "too_many_tags",
	[RT_GUARD_CHAIN] = "too_many_extension_headers",
};

const char *interface_state_name(unsigned int state)
{
	return state < RT_INTERFACE_STATES ? states[state] : "unknown";
}

const char *origin_name(unsigned int origin)
{
	return origin < RT_ORIGINS ? origins[origin] : "unknown";
}

const char *mode_name(unsigned int mode)
{
	return mode < RT_MODES ? modes[mode] : "unknown";
}

const char *guard_cause_name(unsigned int cause)
{
	return cause < RT_GUARD_CAUSES ? causes[cause] : "unknown";
}

/* Boot clock to seconds since the epoch; 0 stays 0. */
static double wall(__u64 ns, double wall_offset)
{
	return ns ? ns / 1e9 + wall_offset : 0;
}

void view_guard_contain(struct view_service *service, const struct snapshot *snapshot, double wall_offset)
{
	const struct rt_containment *kept = snapshot->containments;

	if (!kept || service->slot > snapshot->config.max_services)
		return;
	kept += service->slot;
	service->containment = (struct view_containment){0};
	if (kept->birth != service->birth)
		return;
	service->containment.released = wall(kept->released, wall_offset);
	service->containment.exempt = kept->exempt;
	if (!kept->since)
		return;
	service->containment = (struct view_containment){
		.in_force = true,
		.dry_run = kept->dry_run,
		.origin = kept->origin,
		.since = wall(kept->since, wall_offset),
		.expires = wall(kept->expires, wall_offset),
		.cut = kept->cut,
		.fuse = kept->fuse,
	};
}

static int by_force(const void *a, const void *b)
{
	const struct view_block *one = a, *other = b;

	if (one->in_force != other->in_force)
		return other->in_force - one->in_force;
	return one->port - other->port;
}

static const struct view_block *find_any(const struct view *view, __u16 port)
{
	for (size_t i = 0; view && i < view->block_count; i++)
		if (view->blocks[i].port == port)
			return &view->blocks[i];
	return NULL;
}

const struct view_block *view_guard_find(const struct view *view, __u16 port)
{
	const struct view_block *block = find_any(view, port);

	return block && block->in_force ? block : NULL;
}

static void fill_block(struct view_block *block, const struct block_record *record, double wall_offset,
		       const struct view *previous)
{
	const struct view_block *before = find_any(previous, record->value.port);

	*block = (struct view_block){
		.port = record->value.port,
		.in_force = !record->value.lifted,
		.origin = record->value.origin,
		.since = wall(record->value.since, wall_offset),
		.expires = wall(record->value.expires, wall_offset),
		.service = record->value.service,
		.lifted_by = record->value.lifted_by,
		.count = record->count,
		.before = record->count,
	};
	if (previous && !before)
		block->before = (struct rt_block_count){0};
	else if (before && before->count.packets <= record->count.packets)
		block->before = before->count;
}

int view_guard_build(struct view *view, const struct snapshot *snapshot, double wall_offset,
		     const struct view *previous, struct error *error)
{
	view->mode = snapshot->config.mode;
	view->dry_run = snapshot->dry_run;
	memcpy(view->guard_causes, snapshot->guard_causes, sizeof(view->guard_causes));
	view->blocks = calloc(snapshot->block_count + 1, sizeof(*view->blocks));
	view->interfaces = calloc(snapshot->interface_count + 1, sizeof(*view->interfaces));
	if (!view->blocks || !view->interfaces)
		return fail(error, "not enough memory for a view");
	view->interface_count = snapshot->interface_count;
	if (view->interface_count)
		memcpy(view->interfaces, snapshot->interfaces,
		       view->interface_count * sizeof(*view->interfaces));
	view->block_count = snapshot->block_count;
	for (size_t i = 0; i < view->block_count; i++)
		fill_block(&view->blocks[i], &snapshot->blocks[i], wall_offset, previous);
	if (view->block_count)
		qsort(view->blocks, view->block_count, sizeof(*view->blocks), by_force);
	return 0;
}
