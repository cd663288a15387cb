/* SPDX-License-Identifier: GPL-2.0 */
/* What is blocked, contained, allowed and guarded, as text or JSON. Pure. */
#ifndef RELAYTRAP_LIST_H
#define RELAYTRAP_LIST_H

#include <stdio.h>

#include "allowed.h"
#include "error.h"
#include "json_writer.h"
#include "view.h"

int list_print(FILE *stream, const struct view *view, const struct allowed_list *allowed,
	       struct error *error);
int list_print_json(FILE *stream, const struct view *view, const struct allowed_list *allowed,
		    struct error *error);

/* Adds `allow`, an array; @allowed may be NULL. */
void json_put_allowed(struct json_writer *w, struct json_object *object, const struct view *view,
		      const struct allowed_list *allowed);

#endif
