#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Two services become one, of which one is contained, or its fuse blown: nothing leaves either from that moment on.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
need bpftool jq
lab 25
watch() { # option…
	watch_ports --port 6515-6516 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce "$@"
}
# What came of it, as often as there are targets. The guard does not stand on loopback.
ask() { # port, way, target…
	lab_in host "$RT_PY/ways.py" --service "127.0.0.1:$1" ask "${@:2}" | sort | uniq -c |
		awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }'
}
answers() { # wanted, port, way, target…
	local got
	got=$(ask "${@:2}")
	[ "$got" = "$1" ] || fail "port $2, $3 to ${*:4}: $got, not $1"
}
services() { # what of each
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq -c "[.services[] | $1]"
}
# Both processes accept on 6516 now, so that sooner or later each of them reads there.
merged() {
	answers '1 OK' 6516 nothing 127.0.0.1:1
	[ "$(services .ports)" = '[[6515,6516]]' ]
}
# Later both are what was first, 6515: what stops it must hold for the other, and the other way round.
apart() {
	answers '1 OK' 6515 nothing 127.0.0.1:1
	answers '1 OK' 6516 nothing 127.0.0.1:1
	[ "$(services .ports)" = '[[6515],[6516]]' ] || [ "$(services .ports)" = '[[6516],[6515]]' ]
}
merge() {
	answers '1 OK' 6515 take_over 127.0.0.1:6516
	wait_until 20 "the two to become one" merged
}
# In neither slot, though what one has accepted was closed when it was a part of the other.
none_open() {
	local slot
	for slot in 1 2; do
		bpftool -j map lookup pinned "$PIN_DIR/services" key "$slot" 0 0 0 |
			jq -e '.formatted.value | .since > 0 and .open == 0' >/dev/null || return 1
	done
}
nothing_leaves() {
	answers '3 EPERM' 6515 stream,nonblock,udp_send 198.18.9.1:25
	for _ in {1..4}; do # either process
		answers '3 EPERM' 6516 stream,nonblock,udp_send 198.18.9.2:25
	done
}

for stopped in 6515 6516; do
	other=$((6515 + 6516 - stopped))
	# By its fuse, of which the next daemon knows nothing.
	watch --fuse 3
	lab_server host ways "$RT_PY/ways.py" serve 6515 6516
	apart || fail "not two services: $(services .)"
	answers '1 EPERM, 3 OK' "$stopped" stream 198.18.0.{1..4}:25
	wait_until 10 "the containment" has_line relaytrap "ways on port $stopped (pid [0-9]*) is contained"
	stop relaytrap
	watch
	stop relaytrap
	answers '1 OK' "$other" stream 198.18.1.1:25
	merge
	nothing_leaves
	wait_until 10 "all connections to be closed" none_open
	echo "ok  port $stopped was contained: nothing leaves from either, without a daemon"

	watch
	expect "verdict == 'contained'" 'ports == [6515, 6516]' 'containment.origin == "engine"' \
		'sorted(each.port for each in document.guard if each.in_force) == [6515, 6516]' 'containment.cut == 4'
	nothing_leaves
	"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6515
	expect "verdict != 'contained'" '[each for each in document.guard if each.in_force] == []'
	answers '1 OK' 6515 stream 198.18.0.1:25
	answers '1 OK' 6516 stream 198.18.0.2:25
	answers '1 OK' 6516 stream 198.18.0.3:25
	end_round ways 2>/dev/null
done

# No daemon has seen that the fuse of one has blown; that of the other is whole.
watch --fuse 3
stop relaytrap
lab_server host ways "$RT_PY/ways.py" serve 6515 6516
apart || fail "not two services: $(services .)"
answers '1 EPERM, 3 OK' 6516 stream 198.18.0.{1..4}:25
merge
nothing_leaves
echo "ok  the fuse of port 6516 had blown: nothing leaves from either"
