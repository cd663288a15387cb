/* SPDX-License-Identifier: GPL-2.0 */
/* The network interfaces of this thread's network namespace, as rtnetlink tells them. */
#ifndef RELAYTRAP_INTERFACES_H
#define RELAYTRAP_INTERFACES_H

#include <stdbool.h>

#include "error.h"
#include "interface_choice.h"

/* All of them, which interfaces_free() releases. */
int interfaces_list(struct interface_list *list, struct error *error);
void interfaces_free(struct interface_list *list);

/* A descriptor that becomes readable when one comes, goes or changes; it never blocks. -1 on failure. */
int interfaces_open(struct error *error);

/* Reads what has arrived at such a descriptor; whether anything had. */
bool interfaces_drain(int fd);

#endif
