#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What the guard costs, in one run, as differences and ratios: a packet in a test run, beside a program that only
# drops; a packet sent over veth, beside other ways to drop it; bulk traffic of an allowed connection.
#
# BENCH_GUARD_ROUNDS (31), BENCH_PACKETS (100000), BENCH_BULK_ROUNDS (5) change the effort.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${BENCH_GUARD_ROUNDS:-31}
packets=${BENCH_PACKETS:-100000}
bulk_rounds=${BENCH_BULK_ROUNDS:-5}
object=build/relaytrap.bpf.o
receiver=rtbench$$r
sender=rtbench$$s
pin_dir=/sys/fs/bpf/relaytrap-bench$$
scratch=$(mktemp -d)
server=
pairs=()

cleanup() {
	local status=$?

	trap - EXIT
	[[ ! $server ]] || kill "$server" 2>/dev/null || true
	[[ ! -e $pin_dir ]] || build/relaytrap unload --pin-dir "$pin_dir" >/dev/null || status=1
	! has_pair xdpfilter || within xdp-filter unload xdpfilter >/dev/null 2>&1 || true
	ip netns delete "$receiver" 2>/dev/null || true
	ip netns delete "$sender" 2>/dev/null || true
	rm -rf "$scratch"
	exit "$status"
}

within() { # command…
	nsenter --net="/run/netns/$receiver" -- "$@"
}

# Both ends are in one namespace: sending is the work of a program on the receiver's core.
pair() { # name
	ip -netns "$receiver" link add "s-$1" type veth peer name "$1"
	ip -netns "$receiver" link set "s-$1" up
	ip -netns "$receiver" link set "$1" up
	pairs+=("$1=s-$1,$1")
}

has_pair() { # name
	[[ " ${pairs[*]} " == *" $1="* ]]
}

drop_pair() { # name, and why
	unset "pairs[-1]"
	echo "not measured: $1: $(tail -n 1 "$scratch/log")"
}

# The same as the guard does: ports, allowed prefixes, a counter.
nftables() {
	within nft -f - <<-'END'
		table netdev bench {
			set ports { type inet_service; elements = { 6515 } }
			set allowed { type ipv4_addr; flags interval; elements = { 10.1.0.0/24, 20.1.0.0/28, 20.2.0.0/28,
				20.3.0.0/28, 20.4.0.0/28, 20.5.0.0/28, 20.6.0.0/28, 20.7.0.0/28, 20.8.0.0/28, 20.9.0.0/28 } }
			counter dropped { }
			chain ingress {
				type filter hook ingress device "nftables" priority 0
				tcp dport @ports ip saddr != @allowed counter name dropped drop
			}
		}
	END
}

xdp_filter() {
	# Without the dispatcher, which needs freplace: faster for it, and not every kernel here has that.
	LIBXDP_SKIP_DISPATCHER=1 within xdp-filter load -m native -f tcp xdpfilter &&
		within xdp-filter port -m dst -p tcp 6515
}

iptables_raw() {
	within iptables -t raw -A PREROUTING -i iptables -p tcp --dport 6515 -j DROP
}

receivers() {
	pair bare
	pair again
	pair guard
	pair xdpfilter
	xdp_filter >"$scratch/log" 2>&1 || drop_pair xdp-filter
	pair nftables
	nftables >"$scratch/log" 2>&1 || drop_pair nftables
	pair iptables
	iptables_raw >"$scratch/log" 2>&1 || drop_pair iptables
}

live() {
	echo
	printf '%-45s %8s %10s\n' "one packet over veth, sent and dropped" ns "to bare"
	receivers
	within build/tools/guard_live "$object" "$rounds" "$packets" "${pairs[@]}" >"$scratch/live"
	while read -r name cost ratio; do
		printf '%-45s %8s %10s\n' "$(label "$name")" "$cost" "$ratio"
	done <"$scratch/live"
}

label() { # name
	case $1 in
	bare) echo "return XDP_DROP" ;;
	again) echo "return XDP_DROP, again (the noise)" ;;
	guard) echo "relaytrap" ;;
	xdpfilter) echo "xdp-filter, ports only" ;;
	nftables) echo "nftables at ingress, sets and a counter" ;;
	iptables) echo "iptables in the raw table, one port" ;;
	esac
}

bulk_rate() {
	ip netns exec "$sender" iperf3 --client 10.79.0.1 --port 6515 --time 2 --json |
		sed -nE '/"sum_received"/,/}/s/.*"bits_per_second":\s*([0-9.e+]+).*/\1/p'
}

block() {
	build/relaytrap block 6515 --pin-dir "$pin_dir" --config "$scratch/empty.conf" \
		--netns "/run/netns/$receiver" --interface bulk --xdp generic >/dev/null
	build/relaytrap allow 10.79.0.2 --pin-dir "$pin_dir" --config "$scratch/empty.conf" >/dev/null
}

bare_pass() {
	within build/tools/bare_pass bulk
	bulk_rate
	ip -netns "$receiver" link set dev bulk xdpgeneric off
}

bulk() {
	local round

	touch "$scratch/empty.conf"
	ip netns add "$sender"
	ip -netns "$receiver" link add bulk type veth peer name bulk netns "$sender"
	ip -netns "$receiver" address add 10.79.0.1/24 dev bulk
	ip -netns "$sender" address add 10.79.0.2/24 dev bulk
	ip -netns "$receiver" link set bulk up
	ip -netns "$sender" link set bulk up
	# No function: the process to end is then this one, and no shell around it.
	nsenter --net="/run/netns/$receiver" -- iperf3 --server --port 6515 >/dev/null 2>&1 &
	server=$!
	until [[ $(within ss -Hltn sport = :6515) ]]; do sleep 0.05; done
	for ((round = 0; round < bulk_rounds; round++)); do
		echo "$(bulk_rate) $(bulk_rate) $(bare_pass) $(block)$(bulk_rate)" >>"$scratch/bulk"
		build/relaytrap unload --pin-dir "$pin_dir" >/dev/null
	done
	echo
	awk '{ print $2 / $1 }' "$scratch/bulk" | median "bulk traffic, again (the noise)"
	awk '{ print 2 * $3 / ($1 + $2) }' "$scratch/bulk" | median "bulk traffic, a bare pass (generic)"
	awk '{ print 2 * $4 / ($1 + $2) }' "$scratch/bulk" | median "bulk traffic, allowed, with the guard (generic)"
	awk '{ print $4 / $3 }' "$scratch/bulk" | median "  to the bare pass"
}

median() { # name
	sort -n | awk -v name="$1" '{ all[NR] = $1 } END { printf "%-45s %8s %10.3f\n", name, "", all[int((NR + 1) / 2)] }'
}

((EUID == 0)) || { echo "bench: loads BPF programs and makes network namespaces; run it as root" >&2; exit 1; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
scripts/install-deps.sh bench
ip netns add "$receiver"
ip -netns "$receiver" link set lo up
build/tools/guard_cost "$object" "$rounds" "$packets"
live
bulk
