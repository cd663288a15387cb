/* SPDX-License-Identifier: GPL-2.0 */
/* Connections on loopback in every state that the guard tells apart, in a network namespace of their own. */
#ifndef RELAYTRAP_GUARD_SOCKETS_H
#define RELAYTRAP_GUARD_SOCKETS_H

#include <err.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guard_reference.h"

/* Ends in this range are blocked whenever any port is. */
#define SOCKETS_FIRST_PORT 7000
#define SOCKETS_PORTS 64

/* After that long what is in SYN_SENT or TIME_WAIT may be gone. */
#define SOCKETS_SHORT_LIVED 40

struct sockets {
	unsigned int next_port;
	size_t opened_count, other_count;
	size_t lasting; /* the first of the opened ones: these stay */
	struct reference_connection opened[REFERENCE_CONNECTIONS];
	struct reference_connection
		others[REFERENCE_CONNECTIONS]; /* not opened by this host, as seen from that end */
};

enum sockets_family {
	SOCKETS_IPV4,
	SOCKETS_IPV6,
	SOCKETS_MAPPED, /* IPv4, through a socket for IPv6 */
};

static struct sockaddr_in6 sockets_address(enum sockets_family family, unsigned int port)
{
	struct sockaddr_in6 address = {
		.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
	struct sockaddr_in ipv4 = {
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	static const unsigned char mapped[16] = {[10] = 255, 255, 127, 0, 0, 1};

	if (family == SOCKETS_MAPPED)
		memcpy(&address.sin6_addr, mapped, sizeof(mapped));
	if (family == SOCKETS_IPV4)
		memcpy(&address, &ipv4, sizeof(ipv4));
	return address;
}

static int sockets_bound(enum sockets_family family, unsigned int port)
{
	int fd = socket(family == SOCKETS_IPV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_in6 address = sockets_address(family, port);

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "binding port %u", port);
	return fd;
}

static int sockets_listening(enum sockets_family family, unsigned int port, int backlog)
{
	int fd = sockets_bound(family, port);

	if (listen(fd, backlog))
		err(1, "listening on port %u", port);
	return fd;
}

static int sockets_connecting(enum sockets_family family, unsigned int from, unsigned int to)
{
	struct sockaddr_in6 address = sockets_address(family, to);
	int fd = sockets_bound(family, from);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) && errno != EINPROGRESS)
		err(1, "connecting port %u to %u", from, to);
	return fd;
}

static void sockets_note(struct reference_connection *list, size_t *count, enum sockets_family family,
			 unsigned int near_port, unsigned int far_port)
{
	static const unsigned char ipv4[16] = {127, 0, 0, 1}, ipv6[16] = {[15] = 1};
	struct reference_connection c = {
		.ipv6 = family == SOCKETS_IPV6, .near_port = near_port, .far_port = far_port};

	if (*count == REFERENCE_CONNECTIONS)
		errx(1, "too many connections");
	memcpy(c.near, c.ipv6 ? ipv6 : ipv4, sizeof(c.near));
	memcpy(c.far, c.near, sizeof(c.far));
	list[(*count)++] = c;
}

static void sockets_opened(struct sockets *s, enum sockets_family family, unsigned int near_port,
			   unsigned int far_port)
{
	sockets_note(s->opened, &s->opened_count, family, near_port, far_port);
}

static void sockets_other(struct sockets *s, enum sockets_family family, unsigned int near_port,
			  unsigned int far_port)
{
	sockets_note(s->others, &s->other_count, family, near_port, far_port);
}

/* Both ends of one connection are this host's; nobody listens for the second any more. */
static void sockets_established(struct sockets *s, enum sockets_family family)
{
	unsigned int client = s->next_port++, server = s->next_port++, lonely = s->next_port++;
	int listener = sockets_listening(family, server, 8);

	sockets_connecting(family, client, server);
	accept(listener, NULL, NULL);
	sockets_opened(s, family, client, server);
	sockets_other(s, family, server, client);
	sockets_connecting(family, lonely, server);
	accept(listener, NULL, NULL);
	close(listener);
	sockets_opened(s, family, lonely, server);
	/* What was opened stays so when somebody begins to listen on its port. */
	sockets_listening(family, client, 8);
}

/* The first connection fills the listener's queue, the second waits. */
static void sockets_syn_sent(struct sockets *s, enum sockets_family family)
{
	unsigned int first = s->next_port++, second = s->next_port++, server = s->next_port++;

	sockets_listening(family, server, 0);
	sockets_connecting(family, first, server);
	sockets_connecting(family, second, server);
	sockets_opened(s, family, first, server);
	sockets_opened(s, family, second, server);
	sockets_other(s, family, server, first);
}

/* The end that closes first waits. */
static void sockets_time_wait(struct sockets *s, enum sockets_family family, bool opener_first)
{
	unsigned int client = s->next_port++, server = s->next_port++;
	int listener = sockets_listening(family, server, 8);
	int opened = sockets_connecting(family, client, server), accepted = accept(listener, NULL, NULL);
	char byte;

	fcntl(opened, F_SETFL, 0);
	close(opener_first ? opened : accepted);
	/* The second one knows of it, or both would have closed at a time. */
	recv(opener_first ? accepted : opened, &byte, 1, 0);
	close(opener_first ? accepted : opened);
	if (opener_first)
		sockets_opened(s, family, client, server);
	else
		sockets_other(s, family, server, client);
}

static void sockets_make(struct sockets *s)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET))
		err(1, "a network namespace");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		err(1, "setting lo up");
	close(fd);
	s->next_port = SOCKETS_FIRST_PORT;
	sockets_established(s, SOCKETS_IPV4);
	sockets_established(s, SOCKETS_IPV6);
	sockets_established(s, SOCKETS_MAPPED);
	s->lasting = s->opened_count;
	sockets_syn_sent(s, SOCKETS_IPV4);
	sockets_syn_sent(s, SOCKETS_IPV6);
	sockets_time_wait(s, SOCKETS_IPV4, true);
	sockets_time_wait(s, SOCKETS_IPV6, true);
	sockets_time_wait(s, SOCKETS_IPV4, false);
	sockets_time_wait(s, SOCKETS_IPV6, false);
	if (s->next_port > SOCKETS_FIRST_PORT + SOCKETS_PORTS)
		errx(1, "too many ports");
}

#endif
