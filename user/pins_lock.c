// SPDX-License-Identifier: GPL-2.0
#include "pins_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "pins.h"

#define LOCK_SUFFIX "-lock"
#define WRITABLE (S_IWGRP | S_IWOTH)

static bool is_own(const struct stat *status)
{
	return S_ISDIR(status->st_mode) && status->st_uid == 0 && !(status->st_mode & WRITABLE);
}

bool pins_own_folder(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && is_own(&status);
}

static const char *folder_above(char copy[PATH_MAX], const char *pin_dir)
{
	snprintf(copy, PATH_MAX, "%s", pin_dir);
	return dirname(copy);
}

bool pins_are_impossible(const char *pin_dir)
{
	char copy[PATH_MAX];
	struct statfs system;

	return statfs(folder_above(copy, pin_dir), &system) ? errno == ENOENT : system.f_type != BPF_FS_MAGIC;
}

int pins_check_place(const char *pin_dir, struct error *error)
{
	char copy[PATH_MAX];
	const char *above = folder_above(copy, pin_dir);
	struct statfs system;
	struct stat status;

	if (statfs(above, &system) || stat(above, &status))
		return fail(error, "cannot pin in %s: %s: %s", pin_dir, above, strerror(errno));
	if (system.f_type != BPF_FS_MAGIC)
		return fail(error,
			    "cannot pin in %s: %s is not a bpf file system; mount one with "
			    "'mount -t bpf -o mode=700 bpf /sys/fs/bpf' or choose another pin_dir",
			    pin_dir, above);
	/* With the sticky bit others may add to it, but not touch what is root's. */
	if (status.st_uid || (status.st_mode & WRITABLE && !(status.st_mode & S_ISVTX)))
		return fail(error,
			    "cannot pin in %s: others than root may replace what is in %s; run 'chown root "
			    "%s && chmod 700 %s'",
			    pin_dir, above, above, above);
	if (!lstat(pin_dir, &status) && !is_own(&status))
		return fail(
			error,
			"%s is not a folder of root's alone, so it is left alone: remove it, and keep others "
			"out with 'chmod 700 %s'",
			pin_dir, above);
	return 0;
}

bool pins_place_is_shared(const char *pin_dir)
{
	char copy[PATH_MAX];
	struct stat status;

	return !stat(folder_above(copy, pin_dir), &status) && status.st_mode & WRITABLE;
}

/* Only root can open it: nobody else can hold up whoever waits for a lock on it. */
static bool is_private(int folder)
{
	struct stat status;

	return folder >= 0 && !fstat(folder, &status) && is_own(&status) &&
	       !(status.st_mode & (S_IRWXG | S_IRWXO));
}

/* 1 = it is this process's, 0 = who had it has removed it, -1 with errno set. */
static int wait_for(int folder)
{
	struct stat status;

	while (flock(folder, LOCK_EX))
		if (errno != EINTR)
			return -1;
	return !fstat(folder, &status) && status.st_nlink;
}

int pins_lock(const char *pin_dir, struct error *error)
{
	char path[PATH_MAX + sizeof(LOCK_SUFFIX)];
	int lock, got;

	if (geteuid())
		return fail(error, "not root: nobody else may use what is pinned in %s; run it with sudo",
			    pin_dir);
	if (pins_check_place(pin_dir, error))
		return -1;
	snprintf(path, sizeof(path), "%s" LOCK_SUFFIX, pin_dir);
	for (;;) {
		if (mkdir(path, 0700) && errno != EEXIST)
			return fail(error, "cannot make %s: %s", path, strerror(errno));
		lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* Another's must not stand in the way. */
		got = is_private(lock) ? wait_for(lock) : pins_tree_remove(path);
		if (got == 1)
			return lock;
		if (got < 0)
			fail(error, "cannot lock %s: %s; see who has made that, and remove it", path,
			     strerror(errno));
		if (lock >= 0)
			close(lock);
		if (got < 0)
			return -1;
	}
}

void pins_unlock(const char *pin_dir, int lock)
{
	char path[PATH_MAX + sizeof(LOCK_SUFFIX)];

	snprintf(path, sizeof(path), "%s" LOCK_SUFFIX, pin_dir);
	rmdir(path);
	close(lock);
}
