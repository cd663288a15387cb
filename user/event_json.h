/* SPDX-License-Identifier: GPL-2.0 */
/* An event as one line of JSON, for programs. Its names are stable. Pure. */
#ifndef RELAYTRAP_EVENT_JSON_H
#define RELAYTRAP_EVENT_JSON_H

#include <stdio.h>

#include "error.h"
#include "events.h"

/* Writes one object and a newline, and hands it on. */
int event_json_print(FILE *stream, const struct event *event, struct error *error);

#endif
