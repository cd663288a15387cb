/* SPDX-License-Identifier: GPL-2.0 */
/* A view as JSON, for programs. Its names are stable. Pure. */
#ifndef RELAYTRAP_JSON_H
#define RELAYTRAP_JSON_H

#include <stdio.h>

#include "allowed.h"
#include "error.h"
#include "json_writer.h"
#include "view.h"

/* Raised when a name is removed or changes its meaning; new names do not count. */
#define JSON_SCHEMA 1

/*
 * Writes @view as one JSON object and a newline. Text is UTF-8; bytes that are not, or that nobody
 * could see, stand as \xNN, a backslash as two (before JSON's own quoting). @allowed: the list of networks, or NULL.
 */
int json_print_status(FILE *stream, const struct view *view, const struct allowed_list *allowed,
		      struct error *error);

/* A service as it stands in the status. */
struct json_object *json_service(struct json_writer *w, const struct view_service *service);

/* Writes @object, unless it is not @complete, and a newline; it is freed in any case. */
int json_print(FILE *stream, struct json_object *object, bool complete, struct error *error);

#endif
