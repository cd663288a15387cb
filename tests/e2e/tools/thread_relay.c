// SPDX-License-Identifier: GPL-2.0
/* A proxy whose main thread exits; four threads accept and relay on. */
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>

#include "relay.h"

#define THREADS 4
#define LIFETIME 2400 /* seconds; the slowest lab is done by then */

static bool read_request(int fd, char *request)
{
	size_t size = 0;

	while (size < LAB_REQUEST_MAX - 1 && read(fd, request + size, 1) == 1) {
		request[++size] = '\0';
		if (size >= 4 && !strcmp(request + size - 4, "\r\n\r\n"))
			return true;
	}
	return false;
}

/* Moves what is there; false when @from has ended. */
static bool move(int from, int to)
{
	char data[65536];
	ssize_t size = read(from, data, sizeof(data));

	if (size <= 0 || write(to, data, size) != size) {
		shutdown(to, SHUT_WR);
		return false;
	}
	return true;
}

static void pump(int client, int upstream)
{
	struct pollfd ends[2] = {{.fd = client, .events = POLLIN}, {.fd = upstream, .events = POLLIN}};

	while ((ends[0].fd >= 0 || ends[1].fd >= 0) && poll(ends, 2, -1) > 0) {
		if (ends[0].revents && !move(client, upstream))
			ends[0].fd = -1;
		if (ends[1].revents && !move(upstream, client))
			ends[1].fd = -1;
		ends[0].revents = ends[1].revents = 0;
	}
}

static void serve(int client)
{
	char request[LAB_REQUEST_MAX];
	int upstream = read_request(client, request) ? lab_connect_request(request) : -1;
	const char *answer = upstream < 0 ? LAB_FAILED : LAB_OK;

	if (write(client, answer, strlen(answer)) > 0 && upstream >= 0)
		pump(client, upstream);
	if (upstream >= 0)
		close(upstream);
	close(client);
}

static void *accept_and_serve(void *listener)
{
	for (;;) {
		int client = accept(*(int *)listener, NULL, NULL);

		if (client >= 0)
			serve(client);
	}
	return NULL;
}

int main(void)
{
	static int listener;
	pthread_t thread;

	alarm(LIFETIME);
	listener = lab_listen("0.0.0.0", "6515");
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, accept_and_serve, &listener))
			errx(1, "pthread_create");
	puts("ready");
	fflush(stdout);
	pthread_exit(NULL);
}
