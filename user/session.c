// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "relaytrap.h"
#include "session_text.h"

#define ANCESTORS_MAX 64
/* More is no environment that ssh gave. */
#define ENVIRONMENT_MAX (128 * 1024)

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

void session_ports(struct ports *ports)
{
	const size_t size = ENVIRONMENT_MAX;
	unsigned int pid = getpid();
	char text[ENVIRONMENT_MAX];

	for (int i = 0; pid > 1 && i < ANCESTORS_MAX; i++) {
		__u16 port = session_text_port(text, read_file(text, size, pid, "environ") + 1);

		if (port)
			ports->bits[port / 8] |= 1U << port % 8;
		read_file(text, size, pid, "stat");
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
