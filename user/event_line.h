/* SPDX-License-Identifier: GPL-2.0 */
/* An event as a line of text, for people and journals. Pure. */
#ifndef RELAYTRAP_EVENT_LINE_H
#define RELAYTRAP_EVENT_LINE_H

#include "events.h"

/* Room for any line, the closing NUL included. */
#define EVENT_LINE 3072

/* Printable ASCII, whatever names others gave to their processes; no newline. Returns the length. */
size_t event_line(char line[EVENT_LINE], const struct event *event);

#endif
