// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The number that kernfs gives to the root of a hierarchy, and to nothing below it. */
#define ROOT_INODE 1

/* The root of the whole hierarchy, if that is what is mounted there; -1 with *@partial set if it is not. */
static int open_if_root(const char *mounted_at, bool *partial)
{
	int root = open(mounted_at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;

	if (root < 0 || (!fstat(root, &status) && status.st_ino == ROOT_INODE))
		return root;
	close(root);
	*partial = true;
	return -1;
}

int cgroup_open_root(struct error *error)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	bool partial = false;
	int root = -1;

	if (!mounts)
		return fail(error, "cannot read /proc/self/mounts: %s", strerror(errno));
	while (root < 0 && (mount = getmntent(mounts)))
		if (strcmp(mount->mnt_type, "cgroup2") == 0)
			root = open_if_root(mount->mnt_dir, &partial);
	endmntent(mounts);
	if (root >= 0)
		return root;
	if (partial)
		return fail(error,
			    "only a part of the cgroup v2 hierarchy is mounted here, and hooks there would "
			    "miss all that is outside; start it in the host's cgroup namespace ('nsenter "
			    "-C -m -t 1', or --cgroupns=host of a container)");
	return fail(error,
		    "no cgroup v2 hierarchy is mounted; mount one with 'mkdir -p /sys/fs/cgroup/unified "
		    "&& mount -t cgroup2 none /sys/fs/cgroup/unified'");
}
