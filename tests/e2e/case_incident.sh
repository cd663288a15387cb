#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The incident: an open proxy on 6515, a hundred requests a second to 300 mail servers. How many are reached without
# relaytrap, with the engine in enforce, with a fuse of 20; and the proxy that comes back by itself is blocked still.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
reached() {
	jq -r .local sinks.json | sort -u | wc -l
}
spam() { # seconds, option of load.py…
	lab_in client "$RT_PY/load.py" --out client.json --connections $(($1 * 100)) --rate 100 --parallel 100 \
		--targets 198.18.0.1+300 --may-fail "${@:2}"
}
# What the sinks took is in their log when the connection has ended.
logged() {
	expect 'connects == sink.connections' 'open == 0'
}
reached_all() {
	[ "$(reached)" = 300 ]
}
enforce() { # option…
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce "$@"
	python_server proxy proxy.py
}

python_server proxy proxy.py
spam 3
wait_until 10 "the sinks to write" reached_all
without=$(reached)
stop proxy KILL
: >sinks.json

enforce
spam 4 --patience 1
expect "verdict == 'contained'" "containment.origin == 'engine'" 'containment.fuse == None' 'containment.expires > since'
wait_until 5 "the event" has_line relaytrap 'asyncproxy on port 6515 (pid [0-9]*) is contained for 1h00m: it is relaying'
logged
engine=$(reached)
spam 1 --patience 1 --targets 198.18.4.1+100
logged
[ "$(reached)" = "$engine" ] || fail "$(($(reached) - engine)) more are reached after the containment"
end_round proxy

enforce --fuse 20
start - events "$RELAYTRAP" events --pin-dir "$PIN_DIR" --interval 200ms
spam 4 --patience 1
logged
fuse=$(reached)
# The fuse stops it; which of the two the daemon sees first, the blown fuse or the relay, is all the same.
expect "verdict == 'contained'" 'containment.fuse in (20, None)' 'refused_connects > 0' 'document.guard[0].port == 6515' \
	"document.guard[0].origin == 'engine'"
spam 1 --patience 1
expect 'document.guard[0].syns > 0'

# It comes back by itself, as after an upgrade of its own.
stop proxy KILL
wait_until 10 "status to see it" expect --for 1 'listeners == 0'
python_server proxy proxy.py
back='asyncproxy (pid [0-9]*) is back: it listens on port 6515 again; it is contained and the port is blocked$'
wait_until 10 "the event" has_line relaytrap "$back"
wait_until 10 "the event" has_line events "$back"
spam 1 --patience 1
expect "verdict == 'contained'" 'open == 0'
[ "$(reached)" = "$fuse" ] || fail "it relays again"

echo "mail sinks reached: $without without relaytrap, $engine with the engine, $fuse with a fuse of 20"
[ "$without" = 300 ] || fail "not the incident"
[ "$fuse" = 20 ] || fail "a fuse of 20 let $fuse pass"
