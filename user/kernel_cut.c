// SPDX-License-Identifier: GPL-2.0
/*
 * The cut. An iterator sees the sockets of the network namespace that it was started in, so each namespace
 * is entered for as long as that takes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_bpf.h"

#define NAMESPACES_MAX 64

/* What the iterators have told of one namespace. */
struct told {
	struct rt_cut *all;
	size_t count;
};

bool kernel_has_sock_destroy(void)
{
	struct btf *types = btf__load_vmlinux_btf();
	bool has = types && btf__find_by_name_kind(types, "bpf_sock_destroy", BTF_KIND_FUNC) > 0;

	btf__free(types);
	return has;
}

bool kernel_can_cut(const struct bpf_program *program)
{
	bool lists = strncmp(bpf_program__name(program), "list_", 5) == 0;

	return is_cut(program) && lists != kernel_has_sock_destroy();
}

/* Appends all that @iterator has to say. */
static int read_all(struct told *told, int iterator, struct error *error)
{
	struct rt_cut some[64], *all;
	ssize_t got;

	for (;;) {
		got = read(iterator, some, sizeof(some));
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			break;
		all = reallocarray(told->all, told->count + got / sizeof(*some), sizeof(*some));
		if (!all)
			return fail(error, "not enough memory for the connections to close");
		told->all = all;
		memcpy(told->all + told->count, some, got);
		told->count += got / sizeof(*some);
	}
	return got < 0 ? fail(error, "cannot walk the sockets: %s", strerror(errno)) : 0;
}

static int walk(struct bpf_program *program, struct told *told, struct error *error)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	int iterator, failed;

	if (!link)
		return fail(error, "cannot attach %s: %s", bpf_program__name(program), strerror(errno));
	iterator = bpf_iter_create(bpf_link__fd(link));
	failed = iterator < 0
			 ? fail(error, "cannot start %s: %s", bpf_program__name(program), strerror(errno))
			 : read_all(told, iterator, error);
	if (iterator >= 0)
		close(iterator);
	bpf_link__destroy(link);
	return failed;
}

static void write_address(__be32 to[4], const struct rt_cut *cut, const struct rt_address *address)
{
	if (cut->family == AF_INET)
		memcpy(to, &address->bytes[12], 4);
	else
		memcpy(to, address->bytes, 16);
}

/* Whether the kernel has closed it at our request. */
static bool destroy(int netlink, const struct rt_cut *cut)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = SOCK_DESTROY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.body = {.sdiag_family = cut->family,
			 .sdiag_protocol = cut->protocol,
			 .idiag_states = ~0U,
			 .id = {.idiag_sport = htons(cut->local_port),
				.idiag_dport = htons(cut->peer_port),
				.idiag_if = cut->interface,
				.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr body;
		char rest[512];
	} answer;

	write_address(request.body.id.idiag_src, cut, &cut->local);
	write_address(request.body.id.idiag_dst, cut, &cut->peer);
	return send(netlink, &request, sizeof(request), 0) == sizeof(request) &&
	       recv(netlink, &answer, sizeof(answer), 0) >=
		       (ssize_t)(sizeof(answer.header) + sizeof(answer.body)) &&
	       answer.header.nlmsg_type == NLMSG_ERROR && !answer.body.error;
}

static int destroy_all(const struct told *told, __u64 *closed, __u32 slots, struct error *error)
{
	int netlink = -1;

	for (size_t i = 0; i < told->count; i++) {
		const struct rt_cut *cut = &told->all[i];

		if (!cut->closed && netlink < 0)
			netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
		if (!cut->closed && netlink < 0)
			return fail(error, "cannot ask for connections to be closed: %s", strerror(errno));
		if ((cut->closed || destroy(netlink, cut)) && cut->service < slots)
			closed[cut->service]++;
	}
	if (netlink >= 0)
		close(netlink);
	return 0;
}

/* In the network namespace that this process is in. */
static int cut_here(struct kernel *kernel, __u64 *closed, struct error *error)
{
	struct bpf_program *program;
	struct told told = {0};
	int failed = 0;

	bpf_object__for_each_program(program, kernel->cutter->obj)
		if (!failed && bpf_program__autoload(program))
			failed = walk(program, &told, error);
	if (!failed)
		failed = destroy_all(&told, closed, kernel->config.max_services + 1, error);
	free(told.all);
	return failed;
}

/* True at the first time that it sees the namespace open as @fd. */
static bool is_new(ino_t seen[NAMESPACES_MAX], size_t *count, int fd)
{
	struct stat status;

	if (*count == NAMESPACES_MAX || fstat(fd, &status))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (seen[i] == status.st_ino)
			return false;
	seen[(*count)++] = status.st_ino;
	return true;
}

static int open_namespace(__u32 pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int cut_everywhere(struct kernel *kernel, const __u32 *pids, size_t count, __u64 *closed,
			  struct error *error)
{
	ino_t seen[NAMESPACES_MAX];
	size_t seen_count = 0;
	int failed = 0;

	for (size_t i = 0; !failed && i < count; i++) {
		int namespace = open_namespace(pids[i]);

		if (namespace < 0) /* the process has ended */
			continue;
		if (is_new(seen, &seen_count, namespace))
			failed = setns(namespace, CLONE_NEWNET)
					 ? fail(error, "cannot enter the network namespace of process %u: %s",
						pids[i], strerror(errno))
					 : cut_here(kernel, closed, error);
		close(namespace);
	}
	return failed;
}

int kernel_cut(struct kernel *kernel, const struct settings *settings, const __u32 *pids, size_t count,
	       __u64 *closed, struct error *error)
{
	int home, failed;

	if (!kernel->cutter)
		kernel->cutter = kernel_load_on_pins(kernel, settings, kernel_can_cut,
						     kernel->config.generation, error);
	if (!kernel->cutter)
		return -1;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0)
		return fail(error, "cannot open the own network namespace: %s", strerror(errno));
	failed = cut_everywhere(kernel, pids, count, closed, error);
	if (setns(home, CLONE_NEWNET)) {
		fail(error, "cannot return to the own network namespace: %s", strerror(errno));
		abort(); /* whatever came next would be done to another's network */
	}
	close(home);
	return failed;
}
