// SPDX-License-Identifier: GPL-2.0
#include "pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* A bpf file system allows no dot. */
#define STAGE_SUFFIX "-unfinished"
#define REMOVED_SUFFIX "-removed"

static int remove_directory(const char *path)
{
	DIR *directory = opendir(path);
	int folder = directory ? dirfd(directory) : -1;
	struct dirent *entry;

	if (folder < 0)
		return -1;
	while ((entry = readdir(directory)))
		unlinkat(folder, entry->d_name, 0); /* fails on . and .. alone, and on a folder */
	closedir(directory);
	return rmdir(path);
}

/* With the folders in it, which have none. */
static int remove_pins(const char *path)
{
	DIR *directory = opendir(path);
	char below[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		remove_directory(below);
	}
	closedir(directory);
	return remove_directory(path);
}

/* What was left by a process that was killed while it removed all. */
static void remove_removed(const char *pin_dir)
{
	char path[PATH_MAX + sizeof(REMOVED_SUFFIX)];

	snprintf(path, sizeof(path), "%s" REMOVED_SUFFIX, pin_dir);
	remove_pins(path);
}

bool pins_exist(const char *pin_dir)
{
	struct stat status;

	return stat(pin_dir, &status) == 0 && S_ISDIR(status.st_mode);
}

unsigned long long pins_identity(const char *pin_dir)
{
	struct stat status;

	return stat(pin_dir, &status) == 0 && S_ISDIR(status.st_mode) ? status.st_ino : 0;
}

static int check_file_system(const char *pin_dir, struct error *error)
{
	char copy[PATH_MAX];
	struct statfs status;
	const char *parent;

	snprintf(copy, sizeof(copy), "%s", pin_dir);
	parent = dirname(copy);
	if (statfs(parent, &status))
		return fail(error, "cannot pin in %s: %s: %s", pin_dir, parent, strerror(errno));
	if (status.f_type != BPF_FS_MAGIC)
		return fail(error,
			    "cannot pin in %s: %s is not a bpf file system; mount one with "
			    "'mount -t bpf bpf /sys/fs/bpf' or choose another pin_dir",
			    pin_dir, parent);
	return 0;
}

/* The guardian waits for the end of this process, and cleans up after a sudden one. */
static int post_guardian(struct pin_stage *stage, struct error *error)
{
	int ends[2];
	char done;

	if (pipe2(ends, O_CLOEXEC))
		return fail(error, "cannot make a pipe: %s", strerror(errno));
	stage->guardian = fork();
	if (stage->guardian < 0) {
		close(ends[0]);
		close(ends[1]);
		return fail(error, "cannot fork: %s", strerror(errno));
	}
	if (stage->guardian == 0) {
		setsid(); /* signals from the terminal are not for it */
		close(ends[1]);
		if (read(ends[0], &done, 1) != 1)
			remove_pins(stage->path);
		_exit(0);
	}
	close(ends[0]);
	stage->alive = ends[1];
	return 0;
}

static void dismiss_guardian(struct pin_stage *stage)
{
	ssize_t written = write(stage->alive, "", 1);

	(void)written; /* if it failed the guardian is dead already */
	close(stage->alive);
	waitpid(stage->guardian, NULL, 0);
}

int pins_stage(struct pin_stage *stage, const char *pin_dir, struct error *error)
{
	int length = snprintf(stage->path, sizeof(stage->path), "%s" STAGE_SUFFIX, pin_dir);

	if (length >= (int)sizeof(stage->path))
		return fail(error, "pin_dir is too long: %s", pin_dir);
	snprintf(stage->final, sizeof(stage->final), "%s", pin_dir);
	if (check_file_system(pin_dir, error))
		return -1;
	remove_removed(pin_dir);
	remove_pins(stage->path); /* left by a process killed together with its guardian */
	if (mkdir(stage->path, 0700))
		return fail(error, "cannot make %s: %s%s", stage->path, strerror(errno),
			    strchr(basename(stage->path), '.') ? " (a name on a bpf file system has no dot)"
							       : "");
	if (post_guardian(stage, error)) {
		remove_pins(stage->path);
		return -1;
	}
	return 0;
}

void pins_abandon(struct pin_stage *stage)
{
	remove_pins(stage->path);
	dismiss_guardian(stage);
}

int pins_commit(struct pin_stage *stage, struct error *error)
{
	if (rename(stage->path, stage->final)) {
		fail(error, "cannot rename %s to %s: %s", stage->path, stage->final, strerror(errno));
		pins_abandon(stage);
		return -1;
	}
	dismiss_guardian(stage);
	return 0;
}

int pins_hold(const char *pin_dir, struct error *error)
{
	int held = open(pin_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (held < 0)
		return fail(error, "cannot open %s: %s%s", pin_dir, strerror(errno),
			    errno == EACCES ? "; run it as root, with sudo" : "");
	if (flock(held, LOCK_EX | LOCK_NB)) {
		close(held);
		return fail(error,
			    "another 'relaytrap run' is active on %s; stop it first, or give this one "
			    "a --pin-dir of its own",
			    pin_dir);
	}
	return held;
}

bool pins_are_held(const char *pin_dir)
{
	struct error ignored;
	int held = pins_hold(pin_dir, &ignored);

	if (held >= 0)
		close(held);
	return held < 0;
}

/* Away with the name first: half of an instance is never found there. */
static int rename_and_remove(const char *pin_dir, struct error *error)
{
	char removed[PATH_MAX + sizeof(REMOVED_SUFFIX)];

	snprintf(removed, sizeof(removed), "%s" REMOVED_SUFFIX, pin_dir);
	if (rename(pin_dir, removed))
		return fail(error, "cannot rename %s to %s: %s", pin_dir, removed, strerror(errno));
	if (remove_pins(removed))
		return fail(error, "cannot remove %s: %s", removed, strerror(errno));
	return 0;
}

int pins_remove(const char *pin_dir, struct error *error)
{
	char stage[PATH_MAX + sizeof(STAGE_SUFFIX)];
	int held, failed;

	remove_removed(pin_dir);
	snprintf(stage, sizeof(stage), "%s" STAGE_SUFFIX, pin_dir);
	remove_pins(stage);
	if (!pins_exist(pin_dir))
		return 0;
	held = pins_hold(pin_dir, error);
	if (held < 0)
		return -1;
	failed = rename_and_remove(pin_dir, error);
	close(held);
	return failed ? -1 : 1;
}
