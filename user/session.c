// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "relaytrap.h"
#include "session_text.h"

#define ANCESTORS_MAX 64
/* More is no environment that ssh gave. */
#define ENVIRONMENT_MAX (128 * 1024)

/* More has no ssh server for one session. */
#define SOCKETS_MAX 64

struct sockets {
	__u64 numbers[SOCKETS_MAX];
	size_t count;
};

/* The length without the NUL that is put behind it. */
static size_t read_file(char *text, size_t size, unsigned int pid, const char *name)
{
	size_t used = 0;
	char path[64];
	ssize_t got;
	int file;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	while (file >= 0 && used < size - 1 && (got = read(file, text + used, size - 1 - used)) > 0)
		used += got;
	if (file >= 0)
		close(file);
	text[used] = '\0';
	return used;
}

static void add_port(struct ports *ports, __u16 port)
{
	ports->bits[port / 8] |= 1U << port % 8;
}

/* The number in a link of /proc/PID/fd, 0 if it leads to no socket. */
static __u64 socket_number(int folder, const char *name)
{
	unsigned long long number;
	char target[64];
	ssize_t length = readlinkat(folder, name, target, sizeof(target) - 1);

	target[length > 0 ? length : 0] = '\0';
	return sscanf(target, "socket:[%llu]", &number) == 1 ? number : 0;
}

static void collect_sockets(struct sockets *sockets, unsigned int pid)
{
	struct dirent *entry;
	char path[64];
	DIR *folder;
	__u64 number;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	folder = opendir(path);
	while (folder && sockets->count < SOCKETS_MAX && (entry = readdir(folder))) {
		number = socket_number(dirfd(folder), entry->d_name);
		if (number)
			sockets->numbers[sockets->count++] = number;
	}
	if (folder)
		closedir(folder);
}

static bool contains(const struct sockets *sockets, __u64 number)
{
	for (size_t i = 0; i < sockets->count; i++)
		if (sockets->numbers[i] == number)
			return true;
	return false;
}

/* The ports of the connections that process @pid has. */
static void add_connections(struct ports *ports, unsigned int pid, const char *table)
{
	struct sockets sockets = {0};
	char path[64], line[512];
	__u64 number;
	__u16 port;
	FILE *file;

	collect_sockets(&sockets, pid);
	snprintf(path, sizeof(path), "/proc/%u/%s", pid, table);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (session_text_connection(line, &port, &number) && contains(&sockets, number))
			add_port(ports, port);
	if (file)
		fclose(file);
}

void session_ports(struct ports *ports)
{
	const size_t size = ENVIRONMENT_MAX;
	unsigned int pid = getpid();
	char text[ENVIRONMENT_MAX];

	for (int i = 0; pid > 1 && i < ANCESTORS_MAX; i++) {
		__u16 port = session_text_port(text, read_file(text, size, pid, "environ") + 1);

		if (port)
			add_port(ports, port);
		read_file(text, size, pid, "stat");
		if (session_text_is_server(text)) {
			add_connections(ports, pid, "net/tcp");
			add_connections(ports, pid, "net/tcp6");
		}
		pid = session_text_parent(text);
	}
}

int session_check(const struct ports *ports, struct error *error)
{
	struct ports session = {0};

	session_ports(&session);
	for (unsigned int port = 1; port < RT_PORTS; port++)
		if (ports_contain(ports, port) && ports_contain(&session, port))
			return fail(error,
				    "port %u is the one that your own remote session comes in on; to block "
				    "it all the same: relaytrap block --force %u",
				    port, port);
	if (ports_contain(ports, 22))
		return fail(error,
			    "port 22 is the one that remote sessions by ssh come in on; to block it all the "
			    "same: relaytrap block --force 22");
	return 0;
}
