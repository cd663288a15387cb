// SPDX-License-Identifier: GPL-2.0
// link: -lbpf
/*
 * What one packet costs in the guard: test runs in the kernel, round by round through all kinds of packets, so
 * that a drift of the machine meets them alike; the least of all rounds, beside a program that does nothing.
 *
 * usage: guard_cost OBJECT ROUNDS REPEAT
 */
#include <stdio.h>

#include "guard_frame.h"

#define OTHER_PORT 443
#define EXTENSIONS 6
#define FEW 10
#define MANY 10000

enum kind {
	BARE,
	BARE_AGAIN,
	OTHER,
	OTHER_IPV6,
	FAR_FEW,
	FAR_MANY,
	NEAR_FEW,
	NEAR_MANY,
	FAR_IPV6,
	TAGGED,
	EXTENDED,
	NO_REQUEST,
	KINDS
};

struct measurement {
	const char *name;
	struct guard_frame packet;
	bool many;          /* prefixes */
	unsigned int least; /* ns, by the kernel's own clock; it gives whole ones only */
};

static int bare_program(void)
{
	struct bpf_insn drop[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_XDP_HAS_FRAGS);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "bare", "GPL", drop, 2, &options);

	if (fd < 0)
		err(1, "loading the bare program");
	return fd;
}

static void measure(struct measurement *m, int program, int repeat)
{
	__u32 duration;

	guard_lab_run(program, m->packet.bytes, m->packet.size, repeat, &duration);
	if (!m->least || duration < m->least)
		m->least = duration;
}

static void make(struct measurement *all)
{
	const struct guard_frame blocked = guard_frame_ipv4(0, GUARD_FAR, GUARD_PORT, 0x02);
	const struct guard_frame neighbour = guard_frame_ipv4(0, GUARD_NEAR, GUARD_PORT, 0x02);
	const struct measurement kinds[KINDS] = {
		[BARE] = {.name = "return XDP_DROP", .packet = blocked},
		[BARE_AGAIN] = {.name = "return XDP_DROP, again (the noise)", .packet = blocked},
		[OTHER] = {.name = "other traffic, IPv4",
			   .packet = guard_frame_ipv4(0, GUARD_FAR, OTHER_PORT, 0x10)},
		[OTHER_IPV6] = {.name = "other traffic, IPv6", .packet = guard_frame_ipv6(0, OTHER_PORT)},
		[FAR_FEW] = {.name = "blocked, far from all of 10 prefixes", .packet = blocked},
		[FAR_MANY] = {.name = "blocked, far from all of 10,000 prefixes",
			      .packet = blocked,
			      .many = true},
		[NEAR_FEW] = {.name = "blocked, near one of 10 prefixes", .packet = neighbour},
		[NEAR_MANY] = {.name = "blocked, near some of 10,000 prefixes",
			       .packet = neighbour,
			       .many = true},
		[FAR_IPV6] = {.name = "blocked, IPv6", .packet = guard_frame_ipv6(0, GUARD_PORT)},
		[TAGGED] = {.name = "blocked, two VLAN tags",
			    .packet = guard_frame_ipv4(2, GUARD_FAR, GUARD_PORT, 0x02)},
		[EXTENDED] = {.name = "blocked, IPv6, six extension headers",
			      .packet = guard_frame_ipv6(EXTENSIONS, GUARD_PORT)},
		[NO_REQUEST] = {.name = "blocked, no request: sockets are looked at",
				.packet = guard_frame_ipv4(0, GUARD_FAR, GUARD_PORT, 0x10)},
	};

	memcpy(all, kinds, sizeof(kinds));
}

static void check_verdict(const struct guard_lab *lab, const struct measurement *m, bool dropped)
{
	if ((guard_lab_run(lab->program, m->packet.bytes, m->packet.size, 1, NULL) == XDP_DROP) != dropped)
		errx(1, "%s: the guard decides otherwise", m->name);
}

static void print(const struct measurement *all)
{
	printf("%-45s %8s %10s\n", "one packet in a test run", "ns", "over bare");
	for (int i = 0; i < KINDS; i++)
		printf("%-45s %8u %+10d\n", all[i].name, all[i].least,
		       (int)all[i].least - (int)all[BARE].least);
}

int main(int argc, char **argv)
{
	static struct measurement all[KINDS];
	static struct guard_lab few, many;
	int bare, rounds;

	if (argc != 4)
		errx(2, "usage: guard_cost OBJECT ROUNDS REPEAT");
	rounds = atoi(argv[2]);
	guard_lab_open(&few, argv[1]);
	guard_frame_block(&few, FEW);
	guard_lab_open(&many, argv[1]);
	guard_frame_block(&many, MANY);
	bare = bare_program();
	make(all);
	for (int i = OTHER; i < KINDS; i++)
		check_verdict(all[i].many ? &many : &few, &all[i], i != OTHER && i != OTHER_IPV6);
	while (rounds--)
		for (int i = 0; i < KINDS; i++)
			measure(&all[i],
				i < OTHER     ? bare
				: all[i].many ? many.program
					      : few.program,
				atoi(argv[3]));
	print(all);
	return 0;
}
