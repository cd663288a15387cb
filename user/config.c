// SPDX-License-Identifier: GPL-2.0
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"

#define MAX_SIZE (1 << 20)

/* So much of a path goes into an error, which names it twice at most. */
#define PATH_SHOWN "configuration file %.180s"

static int check_file(int fd, const char *path, struct error *error)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return fail(error, PATH_SHOWN ": %s", path, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return fail(error, PATH_SHOWN ": not a regular file; name one with --config", path);
	if (stat.st_mode & (S_IWGRP | S_IWOTH))
		return fail(error, PATH_SHOWN ": others than its owner may write it; run chmod go-w %.180s",
			    path, path);
	return 0;
}

/* Reads at most MAX_SIZE bytes into @text, which has room for one more, and a NUL. */
static int read_text(char *text, int fd, const char *path, struct error *error)
{
	size_t used = 0;
	ssize_t count;

	do {
		count = read(fd, text + used, MAX_SIZE + 1 - used);
		if (count < 0)
			return fail(error, PATH_SHOWN ": %s", path, strerror(errno));
		used += count;
	} while (count && used <= MAX_SIZE);
	if (used > MAX_SIZE)
		return fail(error, PATH_SHOWN ": larger than 1 MiB: is it the right file?", path);
	if (memchr(text, '\0', used))
		return fail(error, PATH_SHOWN ": not a text file: a byte in it is zero", path);
	text[used] = '\0';
	return 0;
}

static int load(struct settings *settings, int fd, struct error *error)
{
	/* A copy, as the setting itself is open to change while the file is read. */
	char *path = strdup(settings->config), *text = malloc(MAX_SIZE + 2);
	int status;

	if (!path || !text)
		status = fail(error, "not enough memory to read the configuration file");
	else if (check_file(fd, path, error) || read_text(text, fd, path, error))
		status = -1;
	else
		status = settings_parse_file(settings, path, text, error);
	free(text);
	free(path);
	return status;
}

int config_check(const struct settings *settings, struct error *error)
{
	struct error reason;

	return session_check(&settings->block, &reason) ? fail(error, "block: %s", reason.text) : 0;
}

int config_load(struct settings *settings, struct error *error)
{
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	int fd = open(settings->config, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int status;

	if (fd < 0 && errno == ENOENT && settings_source(settings, "config") == SOURCE_DEFAULT)
		return 0;
	if (fd < 0)
		return fail(error, PATH_SHOWN ": %s", settings->config, strerror(errno));
	status = load(settings, fd, error);
	close(fd);
	return status;
}
