// SPDX-License-Identifier: GPL-2.0
// link: -lbpf
/*
 * Puts a program that lets every packet pass, and does nothing else, on an interface (generic): what generic XDP
 * costs by itself. `ip link set dev INTERFACE xdpgeneric off` takes it off.
 *
 * usage: bare_pass INTERFACE
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <linux/if_link.h>
#include <net/if.h>

int main(int argc, char **argv)
{
	struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_XDP_HAS_FRAGS);
	int program;

	if (argc != 2)
		errx(2, "usage: bare_pass INTERFACE");
	program = bpf_prog_load(BPF_PROG_TYPE_XDP, "pass", "GPL", pass, 2, &options);
	if (program < 0 || bpf_xdp_attach(if_nametoindex(argv[1]), program, XDP_FLAGS_SKB_MODE, NULL))
		err(1, "%s", argv[1]);
	return 0;
}
