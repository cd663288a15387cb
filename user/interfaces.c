// SPDX-License-Identifier: GPL-2.0
#include "interfaces.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_SIZE 65536

static int open_socket(int flags, __u32 groups, struct error *error)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		fail(error, "cannot ask for the network interfaces: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static void copy_text(char *text, size_t size, const struct rtattr *attribute)
{
	size_t length = strnlen(RTA_DATA(attribute), RTA_PAYLOAD(attribute));

	if (length >= size)
		length = size - 1;
	memcpy(text, RTA_DATA(attribute), length);
	text[length] = '\0';
}

static __u32 number(const struct rtattr *attribute)
{
	__u32 value = 0;

	if (RTA_PAYLOAD(attribute) >= sizeof(value))
		memcpy(&value, RTA_DATA(attribute), sizeof(value));
	return value;
}

static void read_kinds(struct interface *interface, const struct rtattr *nest)
{
	int left = RTA_PAYLOAD(nest);

	for (const struct rtattr *a = RTA_DATA(nest); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == IFLA_INFO_KIND)
			copy_text(interface->kind, sizeof(interface->kind), a);
		else if (a->rta_type == IFLA_INFO_SLAVE_KIND)
			copy_text(interface->master_kind, sizeof(interface->master_kind), a);
	}
}

static void read_xdp(struct interface *interface, const struct rtattr *nest)
{
	static const enum interface_xdp ways[] = {
		[XDP_ATTACHED_NONE] = INTERFACE_XDP_NONE,
		[XDP_ATTACHED_DRV] = INTERFACE_XDP_NATIVE,
		[XDP_ATTACHED_SKB] = INTERFACE_XDP_GENERIC,
	};
	int left = RTA_PAYLOAD(nest);
	__u8 attached;

	for (const struct rtattr *a = RTA_DATA(nest); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == IFLA_XDP_PROG_ID) {
			interface->program = number(a);
		} else if (a->rta_type == IFLA_XDP_ATTACHED && RTA_PAYLOAD(a)) {
			attached = *(const __u8 *)RTA_DATA(a);
			interface->xdp = attached < sizeof(ways) / sizeof(ways[0]) ? ways[attached]
										   : INTERFACE_XDP_OTHER;
		}
	}
}

static void read_interface(struct interface *interface, const struct nlmsghdr *message)
{
	const struct ifinfomsg *head = NLMSG_DATA(message);
	int left = IFLA_PAYLOAD(message);
	bool lower_is_elsewhere = false, enslaved = false;

	*interface = (struct interface){
		.index = head->ifi_index,
		.flags = head->ifi_flags,
		.type = head->ifi_type,
	};
	for (const struct rtattr *a = IFLA_RTA(head); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			copy_text(interface->name, sizeof(interface->name), a);
			break;
		case IFLA_LINK:
			interface->lower = number(a);
			break;
		case IFLA_LINK_NETNSID:
			lower_is_elsewhere = true;
			break;
		case IFLA_MASTER:
			enslaved = number(a) != 0;
			break;
		case IFLA_LINKINFO:
			read_kinds(interface, a);
			break;
		case IFLA_XDP:
			read_xdp(interface, a);
			break;
		default:
			break;
		}
	}
	if (lower_is_elsewhere)
		interface->lower = 0;
	if (enslaved && !*interface->master_kind)
		memcpy(interface->master_kind, "unknown", sizeof("unknown"));
}

static int add(struct interface_list *list, const struct nlmsghdr *message)
{
	struct interface *all = reallocarray(list->all, list->count + 1, sizeof(*all));

	if (!all)
		return -1;
	list->all = all;
	read_interface(&all[list->count++], message);
	return 0;
}

/* One answer's messages: 1 = that was the last, 0 = more will come, -1 = failed, with errno set. */
static int take_answer(struct interface_list *list, const struct nlmsghdr *message, size_t size)
{
	for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		/* What was dumped while something changed may lack one: it is asked for again. */
		if (message->nlmsg_flags & NLM_F_DUMP_INTR) {
			errno = EAGAIN;
			return -1;
		}
		if (message->nlmsg_type == NLMSG_DONE)
			return 1;
		if (message->nlmsg_type == NLMSG_ERROR) {
			errno = -((const struct nlmsgerr *)NLMSG_DATA(message))->error;
			return -1;
		}
		if (message->nlmsg_type == RTM_NEWLINK && add(list, message))
			return -1;
	}
	return 0;
}

static int ask(int fd, struct interface_list *list, char *answer)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} request = {
		.head = {.nlmsg_len = sizeof(request),
			 .nlmsg_type = RTM_GETLINK,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};
	ssize_t got;
	int done;

	if (send(fd, &request, sizeof(request), 0) < 0)
		return -1;
	do {
		got = recv(fd, answer, ANSWER_SIZE, 0);
		if (got < 0)
			return -1;
		done = take_answer(list, (const struct nlmsghdr *)answer, got);
	} while (!done);
	return done < 0 ? -1 : 0;
}

#define ATTEMPTS 5

int interfaces_list(struct interface_list *list, struct error *error)
{
	char *answer = malloc(ANSWER_SIZE);
	int failed = -1, fd;

	*list = (struct interface_list){0};
	errno = ENOMEM;
	for (int i = 0; answer && failed && i < ATTEMPTS; i++) {
		interfaces_free(list);
		fd = open_socket(0, 0, error);
		if (fd < 0) {
			free(answer);
			return -1;
		}
		failed = ask(fd, list, answer);
		close(fd);
	}
	free(answer);
	if (!failed)
		return 0;
	interfaces_free(list);
	return fail(error, "cannot list the network interfaces: %s", strerror(errno));
}

void interfaces_free(struct interface_list *list)
{
	free(list->all);
	*list = (struct interface_list){0};
}

int interfaces_open(struct error *error)
{
	return open_socket(SOCK_NONBLOCK, RTMGRP_LINK, error);
}

bool interfaces_drain(int fd)
{
	char message[4096];
	bool any = false;

	/* Too many for the socket's buffer: some are gone, which is as good as any. */
	while (recv(fd, message, sizeof(message), MSG_TRUNC) >= 0 || errno == ENOBUFS || errno == EINTR)
		any = true;
	return any;
}
