/* SPDX-License-Identifier: GPL-2.0 */
/* A view as JSON, for programs. Its names are stable. Pure. */
#ifndef RELAYTRAP_JSON_H
#define RELAYTRAP_JSON_H

#include <stdio.h>

#include "error.h"
#include "view.h"

/* Raised when a name is removed or changes its meaning; new names do not count. */
#define JSON_SCHEMA 1

/*
 * Writes @view as one JSON object and a newline. Text is UTF-8; bytes that are not, or that nobody
 * could see, stand as \xNN, a backslash as two (before JSON's own quoting).
 */
int json_print_status(FILE *stream, const struct view *view, struct error *error);

#endif
