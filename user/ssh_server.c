// SPDX-License-Identifier: GPL-2.0
#include "ssh_server.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Where distributions put it, and its parts. */
static const char *const paths[] = {
	"/usr/sbin/sshd",
	"/usr/lib/openssh/sshd-session",
	"/usr/lib/openssh/sshd-auth",
	"/usr/libexec/openssh/sshd-session",
	"/usr/libexec/openssh/sshd-auth",
	"/usr/libexec/sshd-session",
	"/usr/libexec/sshd-auth",
	"/usr/sbin/dropbear",
	"/usr/bin/dropbear",
};

static bool is_same_file(int directory, const char *name, const char *path)
{
	struct stat one, other;

	return !fstatat(directory, name, &one, 0) && !stat(path, &other) && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

/* One that an upgrade has replaced can be told by its path only, so by where that is no one's own invention. */
static bool is_hosts(int directory, const char *path, const char *rest)
{
	if (!*rest)
		return is_same_file(directory, "exe", path);
	return !strcmp(rest, " (deleted)") && (is_same_file(directory, "ns/mnt", "/proc/self/ns/mnt") ||
					       is_same_file(directory, "ns/mnt", "/proc/1/ns/mnt"));
}

bool ssh_server_runs(int directory, const char *exe)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		size_t length = strlen(paths[i]);

		if (!strncmp(exe, paths[i], length) && is_hosts(directory, paths[i], exe + length))
			return true;
	}
	return false;
}
