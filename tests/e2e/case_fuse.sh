#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# With a fuse of N not one connection to another upstream leaves, however many threads try at once, without a daemon.
# matrix: yes
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
reached() { # range
	jq -r "select(.local | startswith(\"$1\")) | .local" sinks.json | sort -u | wc -l
}
round() { # number, fuse
	load --connections "$connections" --parallel 64 --targets "198.18.$1.1+100" --may-fail
	[ "$(reached "198.18.$1.")" = "$2" ] ||
		fail "round $1: $(reached "198.18.$1.") upstreams were reached, with a fuse of $2"
}
connections=$(size 600 150)

for fuse in 20 1 64; do
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce --fuse "$fuse" --window 1h
	stop relaytrap # the kernel alone
	compiled_server relay thread_relay
	for round in 1 2 3; do
		round "$((fuse + round))" "$fuse"
		expect "fan_out >= $fuse" "refused_connects + connects == client.connections * $round" \
			"refused_connects > 0"
		"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6515
	done
	stop relay KILL 2>/dev/null
	wait_until 10 "port 6515 to be free" not_listening host 6515
	unload
	rm client.json
done

# The same upstreams again and again, and those of the allow-list, do not blow it.
watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce --fuse 20 --window 1h --allow 198.18.200.0/24
stop relaytrap
compiled_server relay thread_relay
load --connections 200 --targets 198.18.100.1+20
load --connections 100 --targets 198.18.200.1+100
expect 'refused_connects == 0' 'fan_out == 120'
load --connections 1 --targets 198.18.100.21 --may-fail
expect 'refused_connects == 1'
[ "$(reached 198.18.100.)" = 20 ] || fail "a 21st upstream was reached"

