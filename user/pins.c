// SPDX-License-Identifier: GPL-2.0
#include "pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pins_lock.h"

/* A bpf file system allows no dot. */
#define STAGE_SUFFIX "-unfinished"
#define REMOVED_SUFFIX "-removed"

/* Below the pins: folders without folders. */
#define DEPTH 2

static int remove_below(int parent, const char *name, unsigned int depth)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	DIR *directory;

	if (folder < 0)
		return errno == ENOTDIR || errno == ELOOP ? unlinkat(parent, name, 0) : -1;
	directory = fdopendir(folder);
	if (!directory) {
		close(folder);
		return -1;
	}
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(folder, entry->d_name, 0) && depth > 1)
			remove_below(folder, entry->d_name, depth - 1);
	closedir(directory);
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int pins_tree_remove(const char *path)
{
	return remove_below(AT_FDCWD, path, DEPTH) && errno != ENOENT ? -1 : 0;
}

static void remove_beside(const char *pin_dir, const char *suffix)
{
	char path[PATH_MAX + sizeof(STAGE_SUFFIX)];

	snprintf(path, sizeof(path), "%s%s", pin_dir, suffix);
	pins_tree_remove(path);
}

/* What was left by a process that was killed, with its guardian, while it made or removed all. */
static void remove_rest(const char *pin_dir)
{
	remove_beside(pin_dir, REMOVED_SUFFIX);
	remove_beside(pin_dir, STAGE_SUFFIX);
}

bool pins_exist(const char *pin_dir)
{
	return pins_own_folder(pin_dir);
}

unsigned long long pins_identity(const char *pin_dir)
{
	struct stat status;

	return pins_exist(pin_dir) && !lstat(pin_dir, &status) ? status.st_ino : 0;
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
			pins_tree_remove(stage->path);
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
	remove_rest(pin_dir);
	if (mkdir(stage->path, 0700))
		return fail(error, "cannot make %s: %s%s", stage->path, strerror(errno),
			    strchr(basename(stage->path), '.') ? " (a name on a bpf file system has no dot)"
							       : "");
	if (post_guardian(stage, error)) {
		pins_tree_remove(stage->path);
		return -1;
	}
	return 0;
}

void pins_abandon(struct pin_stage *stage)
{
	pins_tree_remove(stage->path);
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
	int held = open(pin_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

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
	int lock = pins_lock(pin_dir, &ignored), held;

	/* One that starts meanwhile would find it held, but for the lock. */
	if (lock < 0)
		return true;
	held = pins_hold(pin_dir, &ignored);
	if (held >= 0)
		close(held);
	pins_unlock(pin_dir, lock);
	return held < 0;
}

/* Away with the name first: half of an instance is never found there. */
static int rename_and_remove(const char *pin_dir, struct error *error)
{
	char removed[PATH_MAX + sizeof(REMOVED_SUFFIX)];

	snprintf(removed, sizeof(removed), "%s" REMOVED_SUFFIX, pin_dir);
	if (rename(pin_dir, removed))
		return fail(error, "cannot rename %s to %s: %s", pin_dir, removed, strerror(errno));
	if (pins_tree_remove(removed))
		return fail(error, "cannot remove %s: %s", removed, strerror(errno));
	return 0;
}

int pins_check(const char *pin_dir, struct error *error)
{
	char path[PATH_MAX + sizeof("/settings")];

	snprintf(path, sizeof(path), "%s/settings", pin_dir);
	return access(path, F_OK)
		       ? fail(error, "what is in %s was not pinned by relaytrap, so it is left alone",
			      pin_dir)
		       : 0;
}

int pins_remove(const char *pin_dir, struct error *error)
{
	remove_rest(pin_dir);
	if (!pins_exist(pin_dir))
		return 0;
	return rename_and_remove(pin_dir, error) ? -1 : 1;
}
