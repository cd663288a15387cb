/* SPDX-License-Identifier: GPL-2.0 */
/* What is blocked, guarded and contained, as JSON. Pure. */
#ifndef RELAYTRAP_JSON_GUARD_H
#define RELAYTRAP_JSON_GUARD_H

#include "json_writer.h"
#include "view.h"

/* Puts `interfaces`, `guard` and `guard_causes` into @object. */
void json_put_guard(struct json_writer *w, struct json_object *object, const struct view *view);

struct json_object *json_containment(struct json_writer *w, const struct view_containment *containment);

#endif
