/* SPDX-License-Identifier: GPL-2.0 */
/* The operator's own remote session. */
#ifndef RELAYTRAP_SESSION_H
#define RELAYTRAP_SESSION_H

#include "error.h"
#include "ports.h"

/*
 * Adds the ports that this process's session by ssh came in on, as far as its ancestors tell: by their environment
 * (sudo takes it out of its child's, not out of the shell's it was typed into), or as an ssh server that has a
 * connection.
 */
void session_ports(struct ports *ports);

/* Fails if the block of one of @ports may lock the operator out: theirs, and that of ssh. */
int session_check(const struct ports *ports, struct error *error);

#endif
