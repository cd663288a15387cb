#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What watching costs a TCP connection, as ratios in one run: against nothing, against nothing again (the
# noise), and against a peer: the kernel's own connection tracking with an nftables counter.
#
# Rounds go through all states in turn, so that a drift of the machine meets them alike; the figure is the
# median of the rounds' ratios. BENCH_ROUNDS (11), BENCH_CONNECTIONS (20000) change the effort.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${BENCH_ROUNDS:-11}
connections=${BENCH_CONNECTIONS:-20000}
namespace=rtbench$$
pin_dir=/sys/fs/bpf/relaytrap-bench$$
scratch=$(mktemp -d)
daemon=

cleanup() {
	local status=$?

	trap - EXIT
	unwatch
	ip netns delete "$namespace" 2>/dev/null || true
	rm -rf "$scratch"
	exit "$status"
}

# What one connection to port 6515 costs now, in ns.
cost() {
	ip netns exec "$namespace" build/tools/connect_cost 6515 "$connections"
}

watch() { # port
	build/relaytrap run --pin-dir "$pin_dir" --port "$1" --config "$scratch/empty.conf" 2>"$scratch/log" &
	daemon=$!
	until grep -q counting "$scratch/log"; do
		kill -0 "$daemon" || { cat "$scratch/log" >&2; exit 1; }
		sleep 0.02
	done
}

unwatch() {
	[[ $daemon ]] || return 0
	kill "$daemon" 2>/dev/null || true
	wait "$daemon" || true
	daemon=
	build/relaytrap unload --pin-dir "$pin_dir" >/dev/null
}

track() {
	ip netns exec "$namespace" nft -f - <<-'END'
		table inet bench {
			chain input {
				type filter hook input priority 0
				ct state new tcp dport 6515 counter
			}
		}
	END
}

untrack() {
	ip netns exec "$namespace" nft delete table inet bench
}

one_round() {
	local bare again elsewhere here peer=-

	bare=$(cost)
	again=$(cost)
	watch 9
	elsewhere=$(cost)
	unwatch
	watch 6515
	here=$(cost)
	unwatch
	if [[ $has_peer ]]; then
		track
		peer=$(cost)
		untrack
	fi
	echo "$bare $again $elsewhere $here $peer"
}

# The median of column $1's ratio to the first.
median_ratio() {
	awk -v column="$1" '$column != "-" { print $column / $1 }' "$scratch/rounds" | sort -n |
		awk '{ all[NR] = $1 } END { if (NR) printf "%.3f", all[int((NR + 1) / 2)]; else printf "not measured" }'
}

((EUID == 0)) || { echo "bench: loads BPF programs and makes a network namespace; run it as root" >&2; exit 1; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
scripts/install-deps.sh bench
touch "$scratch/empty.conf"
ip netns add "$namespace"
ip -netns "$namespace" link set lo up
has_peer=
if track 2>"$scratch/log"; then
	untrack
	has_peer=yes
fi
for ((i = 0; i < rounds; i++)); do
	one_round >>"$scratch/rounds"
done
echo "one TCP connection on loopback (connect, accept, a byte each way, close): $(
	cut -d' ' -f1 "$scratch/rounds" | sort -n | head -1) ns with nothing loaded; medians of $rounds rounds"
printf '%-58s %s\n' \
	"nothing, again (the noise)" "$(median_ratio 2)" \
	"relaytrap, watching another port" "$(median_ratio 3)" \
	"relaytrap, watching this port" "$(median_ratio 4)" \
	"connection tracking with an nftables counter" "$(median_ratio 5)"
