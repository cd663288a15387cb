#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A process that reads from many watched ports is one service, however the ports came together.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch() { # option…
	watch_ports --netns "/run/netns/${LAB_NAME}host" --interval 200ms "$@"
}
serve() { # port…
	lab_server host ways "$RT_PY/ways.py" --one --alone 198.18.5.1:25 --early 198.18.7.1:9 serve "$@"
}
ask() { # port, way, target…
	lab_in client "$RT_PY/ways.py" --service "10.77.0.254:$1" ask "${@:2}"
}
answers() { # wanted, port, way, target…
	local got
	got=$(ask "${@:2}" | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')
	[ "$got" = "$1" ] || fail "port $2, $3 to ${*:4}: $got, not $1"
}
hold() { # port
	lab_server client "hold$1" "$RT_PY/ways.py" --service "10.77.0.254:$1" --hold ask nothing 127.0.0.1:1
}

# Open on both when they become one; when all is closed nothing is open, and what comes later follows from no accept.
watch --port 6515-6516 --pairing-window 100ms
serve 6515 6516
hold 6515
hold 6516
expect 'ports == [6515, 6516]' 'accepts == 2' 'open == 2'
stop hold6516
expect 'open == 1'
stop hold6515
expect 'open == 0'
sleep 0.5
kill -USR1 "${RT_PIDS[ways]}"
expect 'open == 0' 'connects == 1' 'paired == 0'
end_round ways 2>/dev/null

# The last port first, so that each one but the first becomes part of the one before it.
watch --port 6515-6522 --mode enforce --fuse 3
serve {6515..6522}
for port in {6522..6515}; do
	answers '1 OK' "$port" nothing 127.0.0.1:1
done
answers '2 EPERM, 3 OK' 6522 stream 198.18.0.{1..5}:25
expect "verdict == 'contained'" 'ports == list(range(6515, 6523))' 'open == 0' 'fan_out == 3'
# What was connected before anything was read is cut, too.
[ "$(lab_in host "$RT_PY/ways.py" --service 127.0.0.1:6515 ask udp_kept 198.18.7.1:9)" != OK ] ||
	fail "a datagram socket from before the first read was left open"
"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6522
expect "verdict != 'contained'"
answers '2 OK' 6522 stream 198.18.0.{1..2}:25
end_round ways 2>/dev/null

# As many ports as the table holds: all are given back, and who comes then has nothing of who was there before.
watch --port 6515-6530 --max-services 4 --window 10s
serve {6515..6518}
for port in {6515..6518}; do
	hold "$port"
done
expect 'ports == [6515, 6516, 6517, 6518]' 'clients == 1'
stop ways KILL 2>/dev/null
for port in {6515..6518}; do
	stop "hold$port"
done
expect --for 60 'len(services) == 0'
serve {6519..6522}
for port in {6519..6522}; do
	lab_in host "$RT_PY/ways.py" --service "127.0.0.1:$port" ask nothing 127.0.0.1:1
done
lab_in host "$RT_PY/ways.py" --service 127.0.0.1:6522 ask stream 10.77.0.253:25
expect --port 6519 'ports == [6519, 6520, 6521, 6522]' 'connects == 1' 'look_backs == 0' 'lost.services_full == 0'
end_round ways 2>/dev/null
