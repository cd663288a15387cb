// SPDX-License-Identifier: GPL-2.0
#include "session_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

#define VARIABLE "SSH_CONNECTION="
#define ESTABLISHED 1

unsigned int session_text_parent(const char *stat)
{
	/* The name, which may hold anything, ends at the last parenthesis. */
	const char *rest = strrchr(stat, ')');
	char *end;
	unsigned long parent;

	if (!rest || strlen(rest) < sizeof(") S 1") - 1)
		return 0;
	parent = strtoul(rest + 4, &end, 10);
	return *end == ' ' && parent <= 1U << 22 ? parent : 0;
}

/* "client-address client-port server-address server-port" */
static __u16 server_port(const char *value)
{
	struct error ignored;
	__u64 port;

	for (int i = 0; i < 3 && value; i++) {
		value = strchr(value, ' ');
		value = value ? value + 1 : NULL;
	}
	return value && !units_parse_count(&port, value, 1, 65535, &ignored) ? port : 0;
}

__u16 session_text_port(const char *environment, size_t size)
{
	for (const char *variable = environment; variable < environment + size;
	     variable += strlen(variable) + 1)
		if (!strncmp(variable, VARIABLE, strlen(VARIABLE)))
			return server_port(variable + strlen(VARIABLE));
	return 0;
}

bool session_text_is_server(const char *stat)
{
	static const char *const names[] = {"(sshd", "(dropbear"};
	const char *name = strchr(stat, '(');

	for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

bool session_text_connection(const char *line, __u16 *port, __u64 *socket)
{
	unsigned int local_port, state;
	unsigned long long number;

	/* Position, local end, far end, state, queues, timer, retransmissions, user, timeout, number. */
	if (sscanf(line, " %*u: %*[^:]:%x %*s %x %*s %*s %*s %*u %*u %llu", &local_port, &state, &number) !=
		    3 ||
	    state != ESTABLISHED || local_port > 65535)
		return false;
	*port = local_port;
	*socket = number;
	return true;
}
