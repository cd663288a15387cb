// SPDX-License-Identifier: GPL-2.0
/*
 * Many connections in a short time, on loopback: clients → relay on port 6515 → drain on port 9.
 * For each connection the relay opens one of its own. Prints what the clients and the drain counted.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "relay.h"

#define CLIENTS 8
#define RELAYS 8
#define DRAINS 4
#define LIFETIME 1200

struct counts {
	unsigned long long connected; /* by the clients, with the relay's answer */
	unsigned long long drained;   /* reached the drain */
};

static struct counts *counts;
static unsigned int each;

static void close_at_once(int fd)
{
	struct linger none = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd);
}

/* One byte to @port and one back; both ends are done with it then. */
static bool ping(const char *port)
{
	char byte = 'x';
	int fd = lab_socket("127.0.0.1", port, 0);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1;
	close_at_once(fd);
	return good;
}

static void *drain(void *listener)
{
	char byte;

	for (;;) {
		int fd = accept(*(int *)listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
			__atomic_fetch_add(&counts->drained, 1, __ATOMIC_RELAXED);
		close(fd);
	}
	return NULL;
}

static void *relay(void *listener)
{
	char byte;

	for (;;) {
		int fd = accept(*(int *)listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (read(fd, &byte, 1) == 1 && ping("9") && write(fd, &byte, 1) != 1)
			warn("answer");
		close(fd);
	}
	return NULL;
}

static void *client(void *unused)
{
	for (unsigned int i = 0; i < each; i++)
		if (ping("6515"))
			__atomic_fetch_add(&counts->connected, 1, __ATOMIC_RELAXED);
	return unused;
}

static void run_threads(void *(*body)(void *), void *argument, unsigned int number)
{
	pthread_t threads[number];

	for (unsigned int i = 0; i < number; i++)
		if (pthread_create(&threads[i], NULL, body, argument))
			errx(1, "pthread_create");
	for (unsigned int i = 0; i < number; i++)
		pthread_join(threads[i], NULL);
}

/* A process of its own, ended with this one. */
static void start_server(const char *name, const char *port, void *(*body)(void *), unsigned int threads)
{
	int listener = lab_listen("127.0.0.1", port);
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		run_threads(body, &listener, threads);
	}
	close(listener);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: flood CONNECTIONS");
	alarm(LIFETIME);
	signal(SIGPIPE, SIG_IGN);
	each = strtoul(argv[1], NULL, 10) / CLIENTS;
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(1, "mmap");
	start_server("drain", "9", drain, DRAINS);
	start_server("relay", "6515", relay, RELAYS);
	run_threads(client, NULL, CLIENTS);
	printf("{\"connections\": %llu, \"drained\": %llu}\n", counts->connected, counts->drained);
	fflush(stdout);
	for (;;) /* the servers stay until they have been looked at */
		pause();
}
