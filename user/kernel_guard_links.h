/* SPDX-License-Identifier: GPL-2.0 */
/* The guard's links, one for each interface that it stands on, pinned below the instance. */
#ifndef RELAYTRAP_KERNEL_GUARD_LINKS_H
#define RELAYTRAP_KERNEL_GUARD_LINKS_H

#include "error.h"
#include "kernel.h"

struct guard_link {
	__u32 netns; /* inode of the namespace it was made in */
	__u32 index; /* of its interface there */
	__u32 now;   /* the index that the interface has now, 0 = it is gone */
	__u32 program;
	bool kept; /* the caller's own */
	int fd;
};

struct guard_links {
	struct guard_link *all;
	size_t count;
	int program; /* the guard's, to make further ones */
	__u32 program_id;
};

/* Opens all of them; links_close() must follow, whatever the answer. */
int links_open(struct guard_links *links, const struct kernel *kernel, struct error *error);
void links_close(struct guard_links *links);

/* The link of that interface, or NULL; none of an interface that is gone. */
struct guard_link *links_find(const struct guard_links *links, __u32 netns, __u32 index);

/* Whether a link of that interface, which must be there, was found without it: somebody else has detached it. */
bool links_was_detached(const struct guard_links *links, __u32 netns, __u32 index);

/*
 * Puts the guard on an interface of this thread's network namespace @netns, run by the driver or by the stack,
 * and pins that. 0, or an errno.
 */
int links_attach(const struct guard_links *links, const struct kernel *kernel, __u32 netns, __u32 index,
		 bool native);

/* Takes it off again; -1 with errno set. */
int links_detach(const struct guard_link *link, const struct kernel *kernel);

/* Gives an older link the guard's present program, without a gap; -1 with errno set. */
int links_renew(const struct guard_links *links, const struct guard_link *link);

/* The name of a loaded program, "" if it cannot be asked for. */
void links_program_name(char name[16], __u32 program);

#endif
