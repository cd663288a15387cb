#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A contained service gets EPERM in whichever way it goes out, but for the allow-list and loopback; others do not.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
ask() { # way, target…
	lab_in host "$RT_PY/ways.py" ask "$@" | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }'
}
answers() { # wanted, way, target…
	local got
	got=$(ask "${@:2}")
	[ "$got" = "$1" ] || fail "$2 to ${*:3}: $got, not $1"
	echo "ok  $2: $got"
}
reached() {
	wc -l <sinks.json
}

watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce --fuse 3
"$RELAYTRAP" allow --pin-dir "$PIN_DIR" 198.18.7.0/24 fd00:198:18::7/128
lab_server host ways "$RT_PY/ways.py" serve
lab_server host bystander "$RT_PY/sink.py" --log local.json 2525
answers '1 OK' udp_connect 198.18.1.1:9
answers '1 EPERM, 3 OK' stream 198.18.0.{1..4}:25
expect "verdict == 'contained'" 'containment.fuse == 3' "containment.origin == 'engine'"
wait_until 5 "the event" has_line relaytrap 'ways on port 6515 (pid [0-9]*) is contained for 1h00m: its fuse of 3 has blown; connections cut: 4$'

expect 'sink.connections == 3' # in the log when they have ended
before=$(reached)
answers '12 EPERM' stream,mapped,nonblock,fastopen,fastopen_connect,multipath 198.18.0.1:25 198.18.0.99:25
answers '2 EPERM' stream '[fd00:198:18::1]:25' 10.77.0.253:25
answers '8 EPERM' udp_connect,udp_send,udp_mapped,udp_detour 198.18.0.1:53 198.18.0.99:53
answers '1 EPERM' udp_send '[fd00:198:18::1]:53'
[ "$(ask udp_kept 198.18.1.1:9)" != '1 OK' ] || fail "a connected UDP socket was left open"
expect 'refused_connects == 15' 'refused_sends == 9' 'would_refuse == 0' 'connects == 3' 'fan_out == 3'
[ "$(reached)" = "$before" ] || fail "a sink was reached"

answers '3 OK' stream 198.18.7.1:25 '[fd00:198:18::7]:25' 127.0.0.1:2525
answers '2 OK' mapped,udp_send 198.18.7.2:25
answers '1 OK' udp_send 127.0.0.1:53
[ "$(lab_in host "$RT_PY/ways.py" try stream 198.18.0.1:25)" = OK ] || fail "another process was refused"

"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6515
answers '1 OK' stream 198.18.0.50:25
expect "verdict != 'contained'"
wait_until 5 "the event" has_line relaytrap 'ways on port 6515 is contained no more: an operator has released it'
refused 1 '"ways" is not contained, nor is anything else' "$RELAYTRAP" release --pin-dir "$PIN_DIR" ways
