// SPDX-License-Identifier: GPL-2.0
/*
 * What a TCP connection costs on loopback: connect, accept, one byte each way, close, in one thread.
 * Prints nanoseconds for each connection, the least of several batches.
 */
#include <err.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 10

static struct sockaddr_in address = {.sin_family = AF_INET};

static int listener(unsigned short port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	address.sin_port = htons(port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16))
		err(1, "port %u", port);
	return fd;
}

/* The client resets, so that no TIME_WAIT piles up. */
static void connection(int listening)
{
	const struct linger none = {.l_onoff = 1};
	int client = socket(AF_INET, SOCK_STREAM, 0), server;
	char byte = 'x';

	if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)))
		err(1, "connect");
	server = accept(listening, NULL, NULL);
	if (server < 0 || write(client, &byte, 1) != 1 || read(server, &byte, 1) != 1 ||
	    write(server, &byte, 1) != 1 || read(client, &byte, 1) != 1)
		err(1, "exchange");
	setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(client);
	close(server);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
	unsigned long batch;
	double least = 0;
	int listening;

	if (argc != 3)
		errx(2, "usage: connect_cost PORT CONNECTIONS");
	listening = listener((unsigned short)strtoul(argv[1], NULL, 10));
	batch = strtoul(argv[2], NULL, 10) / BATCHES;
	for (int i = 0; i < BATCHES; i++) {
		double begin = now(), took;

		for (unsigned long n = 0; n < batch; n++)
			connection(listening);
		took = (now() - begin) / (double)batch;
		if (!i || took < least)
			least = took;
	}
	printf("%.0f\n", least);
	return 0;
}
