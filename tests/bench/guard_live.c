// SPDX-License-Identifier: GPL-2.0
// link: -lbpf
/*
 * What one packet costs from its sending to its end: the kernel's live-frame test run sends a blocked packet over
 * pairs of veth, one pair for each receiver, on one core, where it is received, too. Rounds go through all
 * receivers in turn; of each the median of the rounds' ratios to a bare drop.
 *
 * usage: guard_live OBJECT ROUNDS PACKETS NAME=SENDING,RECEIVING...
 * The receivers "bare", "again" and "guard" are set up here, the others by who calls.
 */
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../e2e/tools/guard_lab.h"
#include "guard_frame.h"

#define RECEIVERS 12
#define ROUNDS 1001
#define PARTS 5

struct receiver {
	const char *name;
	char sending[IF_NAMESIZE], receiving[IF_NAMESIZE];
	int sender;            /* program */
	double cost[ROUNDS];   /* ns for a packet */
	double ratios[ROUNDS]; /* to the bare drop of the same round */
};

static int load(const char *name, const struct bpf_insn *code, size_t count)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_XDP_HAS_FRAGS);
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", code, count, &options);

	if (fd < 0)
		err(1, "loading program %s", name);
	return fd;
}

static int bare_program(void)
{
	const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return load("bare", code, sizeof(code) / sizeof(*code));
}

/* Sends every frame to @device. */
static int sending_program(const char *device)
{
	const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K,
		 .dst_reg = BPF_REG_1,
		 .imm = (int)if_nametoindex(device)},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return load("sending", code, sizeof(code) / sizeof(*code));
}

static void attach(const struct receiver *r, int program)
{
	if (bpf_xdp_attach((int)if_nametoindex(r->receiving), program, XDP_FLAGS_DRV_MODE, NULL))
		err(1, "attaching to %s", r->receiving);
}

/* Without a program veth takes frames only with generic receive offload. */
static void take_frames(const char *device)
{
	struct ethtool_value on = {.cmd = ETHTOOL_SGRO, .data = 1};
	struct ifreq request = {.ifr_data = (void *)&on};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(request.ifr_name, device, IF_NAMESIZE - 1);
	if (ioctl(fd, SIOCETHTOOL, &request))
		err(1, "receive offload of %s", device);
	close(fd);
}

static void parse(struct receiver *r, char *argument)
{
	char *sending = strchr(argument, '='), *receiving = strchr(argument, ',');

	if (!sending || !receiving)
		errx(2, "not NAME=SENDING,RECEIVING: %s", argument);
	*sending = *receiving = '\0';
	r->name = argument;
	strncpy(r->sending, sending + 1, IF_NAMESIZE - 1);
	strncpy(r->receiving, receiving + 1, IF_NAMESIZE - 1);
	r->sender = sending_program(r->sending);
	take_frames(r->receiving);
}

/* By the kernel's own clock, which leaves out what beginning and ending a test run costs; the least of several parts. */
static double cost(int sender, const struct guard_frame *frame, int packets)
{
	double least = 0;

	for (int i = 0; i < PARTS; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame->bytes, .data_size_in = frame->size,
			    .repeat = packets / PARTS, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

		if (bpf_prog_test_run_opts(sender, &options))
			err(1, "sending live frames");
		if (!i || options.duration < least)
			least = options.duration;
	}
	return least;
}

static unsigned long long dropped(const struct guard_lab *lab)
{
	struct rt_block_count counts[lab->cpus];
	unsigned long long sum = 0;
	__u32 slot = 1;

	if (bpf_map_lookup_elem(lab->block_counts, &slot, counts))
		err(1, "reading counters");
	for (int i = 0; i < lab->cpus; i++)
		sum += counts[i].packets;
	return sum;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, count, sizeof(*values), ascending);
	return values[count / 2];
}

int main(int argc, char **argv)
{
	static struct receiver all[RECEIVERS];
	const struct guard_frame frame = guard_frame_ipv4(0, GUARD_FAR, GUARD_PORT, 0x02);
	static struct guard_lab lab;
	int rounds, packets, count = argc - 4, sent = 0;
	cpu_set_t one;

	if (count < 1 || count > RECEIVERS || atoi(argv[2]) > ROUNDS)
		errx(2, "usage: guard_live OBJECT ROUNDS PACKETS NAME=SENDING,RECEIVING...");
	rounds = atoi(argv[2]);
	packets = atoi(argv[3]);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	guard_lab_open(&lab, argv[1]);
	guard_frame_block(&lab, 10);
	for (int i = 0; i < count; i++) {
		parse(&all[i], argv[i + 4]);
		if (!strcmp(all[i].name, "bare") || !strcmp(all[i].name, "again"))
			attach(&all[i], bare_program());
		if (!strcmp(all[i].name, "guard"))
			attach(&all[i], lab.program);
	}
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < count; i++) {
			all[i].cost[round] = cost(all[i].sender, &frame, packets);
			all[i].ratios[round] = all[i].cost[round] / all[0].cost[round];
			sent += all[i].sender && !strcmp(all[i].name, "guard") ? packets : 0;
		}
	if (dropped(&lab) < (unsigned long long)sent * 99 / 100)
		errx(1, "of %d packets sent the guard dropped %llu", sent, dropped(&lab));
	for (int i = 0; i < count; i++)
		printf("%s %.1f %.3f\n", all[i].name, median(all[i].cost, rounds),
		       median(all[i].ratios, rounds));
	return 0;
}
