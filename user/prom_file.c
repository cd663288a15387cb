// SPDX-License-Identifier: GPL-2.0
#include "prom_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The collector reads what ends with .prom. */
#define NEW_NAME ".relaytrap.prom.new"

static int fail_write(struct error *error, const char *directory, const char *name)
{
	int code = errno;
	const char *way_out = "";

	if (code == ENOSPC || code == EDQUOT)
		way_out = "; make room there, or give another prom_dir";
	else if (code == EROFS || code == EACCES || code == EPERM)
		way_out = "; root must be able to write there, or give another prom_dir";
	return fail(error, "cannot write %s/%s: %s%s", directory, name, strerror(code), way_out);
}

/* Nothing but a file of ours may stand where one is to be replaced. */
static int check_place(int folder, const char *directory, const char *name, struct error *error)
{
	struct stat status;
	const char *kind;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : fail_write(error, directory, name);
	if (S_ISREG(status.st_mode))
		return 0;
	kind = S_ISLNK(status.st_mode) ? "a symbolic link" : S_ISDIR(status.st_mode) ? "a folder" : "no file";
	return fail(error, "%s/%s is %s, and is left alone: remove it, and see who may write to that folder",
		    directory, name, kind);
}

static int write_all(int file, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(file, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

static int create(int folder)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int file = openat(folder, NEW_NAME, flags, 0644);

	/* Left behind by one that was killed meanwhile. */
	if (file < 0 && errno == EEXIST && !unlinkat(folder, NEW_NAME, 0))
		file = openat(folder, NEW_NAME, flags, 0644);
	return file;
}

static int fill(int file, const char *text, size_t length)
{
	/* The exporter runs as somebody else, whatever the umask. */
	if (write_all(file, text, length) || fchmod(file, 0644) || fsync(file)) {
		int code = errno;

		close(file);
		errno = code;
		return -1;
	}
	return close(file);
}

static int replace(int folder, const char *directory, const char *text, size_t length, struct error *error)
{
	int file;

	if (check_place(folder, directory, PROM_FILE_NAME, error) ||
	    check_place(folder, directory, NEW_NAME, error))
		return -1;
	file = create(folder);
	if (file < 0)
		return fail_write(error, directory, PROM_FILE_NAME);
	if (fill(file, text, length) || renameat(folder, NEW_NAME, folder, PROM_FILE_NAME)) {
		fail_write(error, directory, PROM_FILE_NAME);
		unlinkat(folder, NEW_NAME, 0);
		return -1;
	}
	return 0;
}

int prom_file_write(const char *directory, const char *text, size_t length, struct error *error)
{
	int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (folder < 0)
		return fail(error, "cannot write metrics: %s: %s; make that folder, or give another prom_dir",
			    directory, strerror(errno));
	result = replace(folder, directory, text, length, error);
	close(folder);
	return result;
}
