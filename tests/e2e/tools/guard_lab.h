/* SPDX-License-Identifier: GPL-2.0 */
/* The guard alone, loaded from the object file that the build left, and run on frames without any interface. */
#ifndef RELAYTRAP_GUARD_LAB_H
#define RELAYTRAP_GUARD_LAB_H

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "relaytrap.h"

struct guard_lab {
	struct bpf_object *object;
	int program;
	int guard, causes, block_counts, ipv4, ipv6;
	int cpus;
	struct rt_guard state; /* as it was written last */
};

static inline int guard_lab_map(const struct guard_lab *lab, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(lab->object, name);

	if (fd < 0)
		errx(1, "no map %s in the object", name);
	return fd;
}

static inline void guard_lab_open(struct guard_lab *lab, const char *path)
{
	static const char *const used[] = {"guard_causes", "block_counts", "allowed_ipv4", "allowed_ipv6"};
	struct bpf_program *program;
	struct bpf_map *map;

	lab->object = bpf_object__open_file(path, NULL);
	if (!lab->object)
		err(1, "%s", path);
	bpf_object__for_each_program(program, lab->object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), "guard_ingress"));
	bpf_object__for_each_map(map, lab->object) {
		bool wanted = false;

		if (bpf_map__is_internal(map))
			continue;
		for (size_t i = 0; i < sizeof(used) / sizeof(*used); i++)
			wanted |= !strcmp(bpf_map__name(map), used[i]);
		bpf_map__set_autocreate(map, wanted);
	}
	if (bpf_object__load(lab->object))
		err(1, "loading %s", path);
	lab->program = bpf_program__fd(bpf_object__find_program_by_name(lab->object, "guard_ingress"));
	lab->guard = guard_lab_map(lab, "relaytra.bss");
	lab->causes = guard_lab_map(lab, "guard_causes");
	lab->block_counts = guard_lab_map(lab, "block_counts");
	lab->ipv4 = guard_lab_map(lab, "allowed_ipv4");
	lab->ipv6 = guard_lab_map(lab, "allowed_ipv6");
	lab->cpus = libbpf_num_possible_cpus();
}

static inline void guard_lab_write(struct guard_lab *lab)
{
	__u32 zero = 0;

	lab->state.blocked = 0;
	for (size_t port = 0; port < RT_PORTS; port++)
		lab->state.blocked += lab->state.slots[port] != 0;
	if (bpf_map_update_elem(lab->guard, &zero, &lab->state, BPF_ANY))
		err(1, "writing map guard");
}

static inline void guard_lab_empty(int map, size_t key_size)
{
	unsigned char key[64];

	if (key_size > sizeof(key))
		errx(1, "a key of %zu bytes", key_size);
	while (!bpf_map_get_next_key(map, NULL, key))
		if (bpf_map_delete_elem(map, key))
			err(1, "emptying a trie");
}

static inline void guard_lab_disallow_all(struct guard_lab *lab)
{
	guard_lab_empty(lab->ipv4, sizeof(struct rt_prefix_ipv4));
	guard_lab_empty(lab->ipv6, sizeof(struct rt_prefix_ipv6));
	memset(lab->state.near_ipv4, 0, sizeof(lab->state.near_ipv4));
	memset(lab->state.near_ipv6, 0, sizeof(lab->state.near_ipv6));
}

/*
 * Sets the bits for all numbers of @bits bits that begin with the first @length bits of @first, as they stand in
 * a packet.
 */
static inline void guard_lab_near(unsigned char *filter, __u32 first, unsigned int length, unsigned int bits,
				  __u32 multiplier)
{
	__u64 count = length >= bits ? 1 : 1ULL << (bits - length);

	if (count > 1ULL << 20) { /* of a hash: there is a value for every bit */
		memset(filter, 0xff, RT_NEAR_BYTES);
		return;
	}
	for (__u64 i = 0; i < count; i++) {
		__u32 value = multiplier ? htonl(first + i) * multiplier >> 16 : htons(first + i);

		filter[value / 8] |= 1 << value % 8;
	}
}

static inline void guard_lab_allow(struct guard_lab *lab, const unsigned char *address, unsigned int length,
				   bool ipv6)
{
	struct rt_prefix_ipv4 key4 = {.length = length};
	struct rt_prefix_ipv6 key6 = {.length = length};
	struct rt_allowed allowed = {.since = 1};
	__u32 first;

	memcpy(&first, address, sizeof(first));
	first = ntohl(first);
	memcpy(key4.address, address, sizeof(key4.address));
	memcpy(key6.address, address, ipv6 ? sizeof(key6.address) : 0);
	if (bpf_map_update_elem(ipv6 ? lab->ipv6 : lab->ipv4, ipv6 ? (void *)&key6 : (void *)&key4, &allowed,
				BPF_ANY))
		err(1, "allowing a prefix");
	if (ipv6)
		guard_lab_near(lab->state.near_ipv6, first, length, 32, RT_NEAR_MULTIPLIER);
	else
		guard_lab_near(lab->state.near_ipv4, first >> 16, length, 16, 0);
}

/* One frame, @repeat times; returns the verdict, and the kernel's own time for one, in ns. */
static inline unsigned int guard_lab_run(int program, const void *frame, size_t size, int repeat,
					 __u32 *duration)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame, .data_size_in = size, .repeat = repeat);

	if (bpf_prog_test_run_opts(program, &options))
		err(1, "running a frame of %zu bytes", size);
	if (duration)
		*duration = options.duration;
	return options.retval;
}

#endif
