/* SPDX-License-Identifier: GPL-2.0 */
/* What is blocked, guarded and contained, as JSON. Pure. */
#ifndef RELAYTRAP_JSON_GUARD_H
#define RELAYTRAP_JSON_GUARD_H

#include "json_writer.h"
#include "view.h"

/* Puts `interfaces`, `guard` and `guard_causes` into @object. */
void json_put_guard(struct json_writer *w, struct json_object *object, const struct view *view);

/* An interface as it stands in the status. */
struct json_object *json_interface(struct json_writer *w, const struct rt_interface *interface);

/* Puts the port of a block and its terms into @object. */
void json_put_block(struct json_writer *w, struct json_object *object, const struct view_block *block);

struct json_object *json_containment(struct json_writer *w, const struct view_containment *containment);

#endif
