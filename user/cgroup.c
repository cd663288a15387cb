// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cgroup_open_root(struct error *error)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	int root = -1;

	if (!mounts)
		return fail(error, "cannot read /proc/self/mounts: %s", strerror(errno));
	while (root < 0 && (mount = getmntent(mounts)))
		if (strcmp(mount->mnt_type, "cgroup2") == 0)
			root = open(mount->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	endmntent(mounts);
	if (root < 0)
		return fail(error, "no cgroup v2 hierarchy is mounted; mount one with 'mkdir -p "
				   "/sys/fs/cgroup/unified "
				   "&& mount -t cgroup2 none /sys/fs/cgroup/unified'");
	return root;
}
