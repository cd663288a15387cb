/* SPDX-License-Identifier: GPL-2.0 */
/* What the texts of /proc tell of a remote session. Pure. */
#ifndef RELAYTRAP_SESSION_TEXT_H
#define RELAYTRAP_SESSION_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* The parent that /proc/PID/stat names; 0 if it is none, or no such text. */
unsigned int session_text_parent(const char *stat);

/*
 * The port of this host that a session by ssh came in on, from the SSH_CONNECTION among the @size bytes of
 * /proc/PID/environ; 0 if there is none. The last byte must be a NUL.
 */
__u16 session_text_port(const char *environment, size_t size);

/* Whether /proc/PID/stat is an ssh server's, by the program's name. */
bool session_text_is_server(const char *stat);

/* The local port of an established connection and its socket's number, from a line of /proc/PID/net/tcp or tcp6. */
bool session_text_connection(const char *line, __u16 *port, __u64 *socket);

#endif
