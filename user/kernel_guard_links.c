// SPDX-License-Identifier: GPL-2.0
#include "kernel_guard_links.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_bpf.h"
#include "pins.h"

#define LINK_PATH (PATH_MAX + 64)

static void link_path(char path[LINK_PATH], const struct kernel *kernel, __u32 netns, __u32 index)
{
	snprintf(path, LINK_PATH, "%s/" GUARD_LINKS "/link_%u_%u", kernel->pin_dir, netns, index);
}

static int open_program(struct guard_links *links, const struct kernel *kernel, struct error *error)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	char path[LINK_PATH];

	snprintf(path, sizeof(path), "%s/guard_ingress", kernel->pin_dir);
	links->program = bpf_obj_get(path);
	if (links->program < 0 || bpf_obj_get_info_by_fd(links->program, &info, &length))
		return fail(error, "cannot open %s: %s", path, strerror(errno));
	links->program_id = info.id;
	return 0;
}

/* One that cannot be opened is as good as none. */
static int open_link(struct guard_links *links, const struct kernel *kernel, const char *name)
{
	struct guard_link link = {0}, *all;
	struct bpf_link_info info = {};
	__u32 length = sizeof(info);
	char path[LINK_PATH];

	if (sscanf(name, "link_%u_%u", &link.netns, &link.index) != 2)
		return 0;
	link_path(path, kernel, link.netns, link.index);
	link.fd = bpf_obj_get(path);
	if (link.fd < 0)
		return 0;
	all = reallocarray(links->all, links->count + 1, sizeof(*all));
	if (!all || bpf_obj_get_info_by_fd(link.fd, &info, &length)) {
		close(link.fd);
		links->all = all ? all : links->all;
		return -1;
	}
	link.now = info.xdp.ifindex;
	link.program = info.prog_id;
	links->all = all;
	links->all[links->count++] = link;
	return 0;
}

int links_open(struct guard_links *links, const struct kernel *kernel, struct error *error)
{
	char path[LINK_PATH];
	struct dirent *entry;
	DIR *directory;
	int failed = 0;

	*links = (struct guard_links){.program = -1};
	if (open_program(links, kernel, error))
		return -1;
	snprintf(path, sizeof(path), "%s/" GUARD_LINKS, kernel->pin_dir);
	directory = opendir(path);
	if (!directory)
		return fail(error, "cannot open %s: %s", path, strerror(errno));
	while (!failed && (entry = readdir(directory)))
		failed = open_link(links, kernel, entry->d_name);
	closedir(directory);
	return failed ? fail(error, "cannot look at the guard's links: %s", strerror(errno)) : 0;
}

void links_close(struct guard_links *links)
{
	for (size_t i = 0; i < links->count; i++)
		close(links->all[i].fd);
	free(links->all);
	if (links->program >= 0)
		close(links->program);
	*links = (struct guard_links){.program = -1};
}

struct guard_link *links_find(const struct guard_links *links, __u32 netns, __u32 index)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->all[i].netns == netns && links->all[i].index == index && links->all[i].now)
			return &links->all[i];
	return NULL;
}

bool links_was_detached(const struct guard_links *links, __u32 netns, __u32 index)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->all[i].netns == netns && links->all[i].index == index && !links->all[i].now)
			return true;
	return false;
}

int links_attach(const struct guard_links *links, const struct kernel *kernel, __u32 netns, __u32 index,
		 bool native)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
	char path[LINK_PATH];
	int link, failed = 0;

	link = bpf_link_create(links->program, (int)index, BPF_XDP, &options);
	if (link < 0)
		return errno;
	link_path(path, kernel, netns, index);
	if (bpf_obj_pin(link, path))
		failed = errno;
	close(link); /* the pin keeps it; without one it is gone */
	return failed;
}

int links_detach(const struct guard_link *link, const struct kernel *kernel)
{
	char path[LINK_PATH];

	link_path(path, kernel, link->netns, link->index);
	if (unlink(path))
		return -1;
	/* Not only when its last holder closes it; if the interface is gone, so is what could be detached. */
	return link->now && bpf_link_detach(link->fd) ? -1 : 0;
}

int links_renew(const struct guard_links *links, const struct guard_link *link)
{
	return bpf_link_update(link->fd, links->program, NULL) ? -1 : 0;
}

void links_program_name(char name[16], __u32 program)
{
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(program);

	*name = '\0';
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &length))
		snprintf(name, 16, "%.15s", info.name);
	close(fd);
}
