/* SPDX-License-Identifier: GPL-2.0 */
/* How the guard stands on an interface, in words. Pure. */
#ifndef RELAYTRAP_INTERFACE_WORDS_H
#define RELAYTRAP_INTERFACE_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "relaytrap.h"

#define INTERFACE_WORDS 320

bool interface_is_guarded(const struct rt_interface *interface);

/* "eth0 is guarded (native)", or that it is not, why, and what can be done about it; printable ASCII. */
void interface_words(char text[INTERFACE_WORDS], const struct rt_interface *interface);

/* "guarded: eth0 (native), eth1 (generic)" on one line of @stream, nothing if there is none. Returns how many. */
size_t interfaces_print_guarded(FILE *stream, const struct rt_interface *interfaces, size_t count);

#endif
