/* SPDX-License-Identifier: GPL-2.0 */
/* What the lab's relays in C share: one listener, one request, one connect. */
#ifndef LAB_RELAY_H
#define LAB_RELAY_H

#include <err.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LAB_REQUEST_MAX 512
#define LAB_OK "HTTP/1.1 200 relayed\r\n\r\n"
#define LAB_FAILED "HTTP/1.1 502 failed\r\n\r\n"

/* A socket that listens on, or is connected to, host:port; -1 on failure to connect. */
static inline int lab_socket(const char *host, const char *port, int listening)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found;
	int one = 1, fd, result;

	if (getaddrinfo(host, port, &hints, &found))
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	if (listening) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		result = bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, 4096) ? -1 : 0;
	} else {
		result = connect(fd, found->ai_addr, found->ai_addrlen);
	}
	freeaddrinfo(found);
	if (result < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static inline int lab_listen(const char *host, const char *port)
{
	int fd = lab_socket(host, port, 1);

	if (fd < 0)
		err(1, "listen on %s:%s", host, port);
	return fd;
}

/* Connects to where the NUL-terminated "METHOD host:port ..." says, IPv4 only. */
static inline int lab_connect_request(const char *request)
{
	char host[64], port[8];

	if (sscanf(request, "%*s %63[0-9.]:%7[0-9]", host, port) != 2)
		return -1;
	return lab_socket(host, port, 0);
}

#endif
