#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# With a fuse of N not one connection to another upstream leaves, however many threads try at once, without a daemon.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
need bpftool jq socat
lab 25
logged() { # range
	jq -r "select(.local | startswith(\"$1\")) | .local" sinks.json | sort -u | wc -l
}
# What the sinks took is in their log when the connection has ended.
reached() { # range
	expect 'connects == sink.connections' 'open == 0' >/dev/null
	logged "$1"
}
round() { # number, fuse
	load --connections "$connections" --parallel 64 --targets "198.18.$1.1+100" --may-fail
	[ "$(reached "198.18.$1.")" = "$2" ] ||
		fail "round $1: $(reached "198.18.$1.") upstreams were reached, with a fuse of $2"
}
# The kernel alone: what the daemon would do at its next look is not asked for here.
kernel() { # fuse, option…
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce --window 1h --fuse "$@"
	stop relaytrap
}
end_of() { # server
	stop "$1" KILL 2>/dev/null
	wait_until 10 "port 6515 to be free" not_listening host 6515
	unload >/dev/null
	rm client.json
	: >sinks.json
}
connections=$(size 600 150)

for fuse in 20 1 64; do
	kernel "$fuse"
	compiled_server relay thread_relay
	for round in 1 2; do
		round "$((fuse + round))" "$fuse"
		expect "fan_out >= $fuse" "refused_connects + connects == client.connections * $round" \
			"refused_connects > 0"
		"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6515
	done
	end_of relay
done

# The same upstreams again and again, and those of the allow-list, do not blow it.
kernel 20 --allow 198.18.200.0/24
compiled_server relay thread_relay
load --connections 200 --targets 198.18.100.1+20
load --connections 100 --targets 198.18.200.1+100
expect 'refused_connects == 0' 'fan_out ~ 120'
load --connections 1 --targets 198.18.100.21 --may-fail
expect 'refused_connects == 1'
[ "$(reached 198.18.100.)" = 20 ] || fail "a 21st upstream was reached"
end_of relay

# io_uring is no way around it.
kernel 5
compiled_server relay uring_relay single
load --connections 60 --targets 198.18.110.1+60 --may-fail
[ "$(reached 198.18.110.)" = 5 ] || fail "through io_uring $(reached 198.18.110.) upstreams were reached"
end_of relay

# A member's child that listens on a watched port of its own stays on the account of the service.
kernel 5 --port 6601
python_server relay relay.py --model split --connector-listens 6601
load --connections 30 --parallel 1 --targets 198.18.115.1+30 --may-fail
[ "$(reached 198.18.115.)" = 5 ] || fail "of a child that listens, $(reached 198.18.115.) upstreams were reached"
expect 'refused_connects == 25' 'connects == 5' 'fan_out == 5'
stop relay KILL 2>/dev/null
ip netns pids "${LAB_NAME}host" | xargs -r kill -KILL
wait_until 10 "port 6515 to be free" not_listening host 6515
unload >/dev/null
rm client.json

# Children that connect before they read: what is in flight when it blows may pass, and no more. Nor when there is no
# room for them in the table of processes.
connect_first() { # network
	# shellcheck disable=SC2016 # expanded by socat's shell
	server relay socat TCP-LISTEN:6515,fork,reuseaddr \
		SYSTEM:'n=$(cat next 2>/dev/null || echo 1); echo $((n + 1)) >next; exec socat - TCP\:'"$1"'.$n\:25'
	[ "${2-}" != full ] || fill_processes
	lab_in client "$RT_PY/load.py" --out client.json --mode plain --connections 20 --parallel 1 --may-fail 2>/dev/null
	# That there are no more, the refusals tell.
	expect 'sink.connections >= 5' 'accepts == 20' 'refused_connects >= 12' >/dev/null
	case $(logged "$1.") in
	[5-8]) ;;
	*) fail "of children that connect first, $(logged "$1.") upstreams were reached" ;;
	esac
	rm next
}
# Processes that are none, as many as there is room for.
fill_processes() {
	local size
	size=$(bpftool -j map show pinned "$PIN_DIR/processes" | jq .bytes_value)
	awk -v map="$PIN_DIR/processes" -v size="$size" 'BEGIN {
		for (i = 0; i < 16400; i++) {
			printf "map update pinned %s key %d %d 0 64 0 0 0 0 1 0 0 0 0 0 0 0 value", map, i % 256, i / 256
			for (j = 0; j < size; j++)
				printf " 0"
			print " any"
		}
	}' >batch.in
	! bpftool batch file batch.in >batch.out 2>&1 || fail "the table of processes has more room than was thought"
}
kernel 5
connect_first 198.18.120
expect 'accepts == 20' 'refused_connects >= 12' 'lost.processes_full == 0'
end_of relay
kernel 5
connect_first 198.18.121 full
expect 'accepts == 20' 'refused_connects >= 12' 'lost.processes_full > 0'
