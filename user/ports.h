/* SPDX-License-Identifier: GPL-2.0 */
/* A set of TCP ports. Pure. */
#ifndef RELAYTRAP_PORTS_H
#define RELAYTRAP_PORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "relaytrap.h"

/* Same bits as rt_config.watched. */
struct ports {
	__u8 bits[RT_PORTS / 8];
};

/*
 * Adds to @ports what @text names: "6515", "80,443", "8000-8100", "any" (1 to 65535), or
 * a list of those. Port 0, an inverted range and anything else are refused, with the reason and
 * the offending part in @error; then @ports is unchanged.
 */
int ports_parse(struct ports *ports, const char *text, struct error *error);
bool ports_contain(const struct ports *ports, unsigned int port);
size_t ports_count(const struct ports *ports);

/* Writes the shortest text ports_parse() takes back ("" when empty); "..." at the end if @size is too small. */
void ports_format(const struct ports *ports, char *text, size_t size);

#endif
