// SPDX-License-Identifier: GPL-2.0
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "units.h"

#define SOCKET_NAME "NOTIFY_SOCKET"
#define WATCHDOG_TIME "WATCHDOG_USEC"
#define WATCHDOG_PROCESS "WATCHDOG_PID"

/* An absolute path, or @ and a name in the abstract namespace. */
static int read_address(struct notify *notify, const char *name, struct error *error)
{
	size_t length = strlen(name);

	if ((*name != '/' && *name != '@') || length < 2)
		return fail(error,
			    SOCKET_NAME " is neither an absolute path nor @name; unset it to run without a "
					"service manager");
	if (length >= sizeof(notify->address.sun_path))
		return fail(error, SOCKET_NAME " is longer than a socket's name may be");
	notify->address.sun_family = AF_UNIX;
	memcpy(notify->address.sun_path, name, length);
	if (*name == '@')
		notify->address.sun_path[0] = '\0';
	notify->length = offsetof(struct sockaddr_un, sun_path) + length + (*name == '/');
	return 0;
}

/* How long the manager waits for a sign of life, in ns; 0 = it does not. */
static __u64 watchdog_time(void)
{
	const char *time = getenv(WATCHDOG_TIME), *process = getenv(WATCHDOG_PROCESS);
	unsigned long long microseconds;
	char *end;

	if (!time || (process && strtoll(process, NULL, 10) != getpid()))
		return 0;
	errno = 0;
	microseconds = strtoull(time, &end, 10);
	return errno || *end || microseconds > ~0ULL / 1000 ? 0 : microseconds * 1000;
}

/* Twice as often as need be, as sd_watchdog_enabled(3) wants it. */
static int open_timer(struct notify *notify, struct error *error)
{
	__u64 half = watchdog_time() / 2;
	struct timespec time = {.tv_sec = half / NS_PER_S, .tv_nsec = half % NS_PER_S};
	struct itimerspec period = {.it_interval = time, .it_value = time};

	if (!half)
		return 0;
	notify->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (notify->timer < 0 || timerfd_settime(notify->timer, 0, &period, NULL))
		return fail(error, "cannot make a timer for the watchdog: %s", strerror(errno));
	return 0;
}

static int open_socket(struct notify *notify, struct error *error)
{
	const char *name = getenv(SOCKET_NAME);

	if (!name || !*name)
		return 0;
	if (read_address(notify, name, error))
		return -1;
	notify->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify->socket < 0)
		return fail(error, "cannot make a socket for the service manager: %s", strerror(errno));
	return open_timer(notify, error);
}

int notify_open(struct notify *notify, struct error *error)
{
	int failed;

	*notify = (struct notify){.socket = -1, .timer = -1};
	failed = open_socket(notify, error);
	unsetenv(SOCKET_NAME);
	unsetenv(WATCHDOG_TIME);
	unsetenv(WATCHDOG_PROCESS);
	if (failed)
		notify_close(notify);
	return failed;
}

void notify_send(const struct notify *notify, const char *state)
{
	if (notify->socket >= 0)
		sendto(notify->socket, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		       (const struct sockaddr *)&notify->address, notify->length);
}

void notify_status(const struct notify *notify, const char *text)
{
	char state[512];

	snprintf(state, sizeof(state), "STATUS=%s", text);
	notify_send(notify, state);
}

void notify_reloading(const struct notify *notify)
{
	struct timespec now;
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%llu",
		 now.tv_sec * 1000000ULL + now.tv_nsec / 1000);
	notify_send(notify, state);
}

void notify_alive(void *context)
{
	struct notify *notify = context;
	__u64 times;

	if (read(notify->timer, &times, sizeof(times)) == sizeof(times))
		notify_send(notify, "WATCHDOG=1");
}

void notify_close(struct notify *notify)
{
	if (notify->timer >= 0)
		close(notify->timer);
	if (notify->socket >= 0)
		close(notify->socket);
	notify->socket = notify->timer = -1;
}
