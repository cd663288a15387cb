/* SPDX-License-Identifier: GPL-2.0 */
/* What the texts of /proc tell of a remote session. Pure. */
#ifndef RELAYTRAP_SESSION_TEXT_H
#define RELAYTRAP_SESSION_TEXT_H

#include <stddef.h>

#include <linux/types.h>

/* The parent that /proc/PID/stat names; 0 if it is none, or no such text. */
unsigned int session_text_parent(const char *stat);

/*
 * The port of this host that a session by ssh came in on, from the SSH_CONNECTION among the @size bytes of
 * /proc/PID/environ; 0 if there is none. The last byte must be a NUL.
 */
__u16 session_text_port(const char *environment, size_t size);

#endif
