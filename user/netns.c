// SPDX-License-Identifier: GPL-2.0
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN "/proc/thread-self/ns/net"

__u32 netns_inode(const char *netns, struct error *error)
{
	struct stat status;

	if (!stat(*netns == '/' ? netns : OWN, &status))
		return status.st_ino;
	fail(error, "netns %.200s: %s; give 'all', 'self' or a path such as /run/netns/NAME", netns,
	     strerror(errno));
	return 0;
}

static int enter(int there, const char *netns, struct error *error)
{
	if (there >= 0 && !setns(there, CLONE_NEWNET))
		return 0;
	return fail(error, "cannot enter the network namespace %.200s: %s", netns, strerror(errno));
}

int netns_enter(struct netns_visit *visit, const char *netns, struct error *error)
{
	__u32 own = netns_inode("self", error);
	int there, failed;

	*visit = (struct netns_visit){.home = -1, .inode = own ? netns_inode(netns, error) : 0};
	if (!visit->inode)
		return -1;
	if (visit->inode == own)
		return 0;
	visit->home = open(OWN, O_RDONLY | O_CLOEXEC);
	if (visit->home < 0)
		return fail(error, "cannot open %s: %s", OWN, strerror(errno));
	there = open(netns, O_RDONLY | O_CLOEXEC);
	failed = enter(there, netns, error);
	if (there >= 0)
		close(there);
	if (failed)
		close(visit->home);
	return failed;
}

void netns_leave(const struct netns_visit *visit)
{
	if (visit->home < 0)
		return;
	if (setns(visit->home, CLONE_NEWNET)) {
		fprintf(stderr, "relaytrap: cannot go back to its network namespace: %s\n", strerror(errno));
		abort();
	}
	close(visit->home);
}
