// SPDX-License-Identifier: GPL-2.0
#include "json_guard.h"

#include <string.h>

#include "interface_words.h"
#include "view_guard.h"

/* A static string of our own. */
static void put_name(struct json_writer *w, struct json_object *object, const char *name, const char *value)
{
	json_put_text(w, object, name, value, strlen(value));
}

static void put_origin(struct json_writer *w, struct json_object *object, enum rt_origin origin, double since,
		       double expires)
{
	put_name(w, object, "origin", origin_name(origin));
	json_put_seconds(w, object, "since", since);
	if (expires > 0)
		json_put_seconds(w, object, "expires", expires);
	else
		json_object_object_add(object, "expires", NULL);
}

void json_put_block(struct json_writer *w, struct json_object *object, const struct view_block *block)
{
	json_put_count(w, object, "port", block->port);
	json_put(w, object, "in_force", json_object_new_boolean(block->in_force));
	put_origin(w, object, block->origin, block->since, block->expires);
}

static struct json_object *block_object(struct json_writer *w, const struct view_block *block)
{
	struct json_object *object = json_object_new_object();

	json_put_block(w, object, block);
	json_put_count(w, object, "packets", block->count.packets);
	json_put_count(w, object, "bytes", block->count.bytes);
	json_put_count(w, object, "syns", block->count.syns);
	json_put_count(w, object, "allowed_packets", block->count.allowed);
	json_put_count(w, object, "reply_packets", block->count.replies);
	json_put_count(w, object, "would_drop_packets", block->count.would_drop);
	json_put_count(w, object, "would_drop_bytes", block->count.would_drop_bytes);
	json_put_count(w, object, "would_drop_syns", block->count.would_drop_syns);
	return object;
}

struct json_object *json_interface(struct json_writer *w, const struct rt_interface *interface)
{
	struct json_object *object = json_object_new_object();
	char problem[INTERFACE_WORDS];

	json_put_text(w, object, "name", interface->name, sizeof(interface->name));
	put_name(w, object, "xdp", interface_state_name(interface->state));
	json_put_count(w, object, "netns", interface->netns);
	if (!interface_is_guarded(interface)) {
		interface_words(problem, interface);
		json_put_text(w, object, "problem", problem, strlen(problem));
	}
	return object;
}

void json_put_guard(struct json_writer *w, struct json_object *object, const struct view *view)
{
	struct json_object *list;

	list = json_put_empty(w, object, "interfaces", json_object_new_array());
	for (size_t i = 0; i < view->interface_count; i++)
		json_append(w, list, json_interface(w, &view->interfaces[i]));
	list = json_put_empty(w, object, "guard", json_object_new_array());
	for (size_t i = 0; i < view->block_count; i++)
		json_append(w, list, block_object(w, &view->blocks[i]));
	list = json_put_empty(w, object, "guard_causes", json_object_new_object());
	for (unsigned int cause = 0; cause < RT_GUARD_CAUSES; cause++)
		json_put_count(w, list, guard_cause_name(cause), view->guard_causes[cause]);
}

struct json_object *json_containment(struct json_writer *w, const struct view_containment *containment)
{
	struct json_object *object = json_object_new_object();

	put_origin(w, object, containment->origin, containment->since, containment->expires);
	json_put(w, object, "dry_run", json_object_new_boolean(containment->dry_run));
	json_put_count(w, object, "cut", containment->cut);
	if (containment->fuse)
		json_put_count(w, object, "fuse", containment->fuse);
	else
		json_object_object_add(object, "fuse", NULL);
	return object;
}
