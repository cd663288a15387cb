#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# verify: 10 at once for a relay, 0 when nothing goes out any more, 11 when nothing came in or it was cut short.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 8080
verify() { # time, option…
	: >sinks.json
	start - verify "$RELAYTRAP" verify --port 6515 --netns "/run/netns/${LAB_NAME}host" --for "$@"
	wait_until 20 "verify to have taken its first look" waits_for_the_next
}
waits_for_the_next() {
	running verify || fail "verify has ended: $(cat verify.log)"
	grep -q sigtimedwait "/proc/${RT_PIDS[verify]}/wchan"
}
says() { # exit status, pattern…
	local status=$1 pattern
	finish verify
	[ "$ENDED" -eq "$status" ] || fail "exit status $ENDED, not $status"
	for pattern in "${@:2}"; do
		grep -qe "$pattern" verify.log || fail "no '$pattern' in the report"
	done
}

# A running instance that has seen it relay changes nothing about now.
watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host"
python_server relay relay.py
load --connections 30 --targets 198.18.0.1+30 --port 8080 --rate 50
# Its time must not be over before the clients are done: else once more, with more of it.
for seconds in 3 12 48; do
	verify "${seconds}s"
	load --method LOOKBACK --receive 0 --connections 20 --may-fail
	! running verify || break
	finish verify
done
says 0 ': nothing relays$' 'on port 6515: probed' 'inbound *20 from 20 clients' 'outgoing *0 to 0 distinct' 'look-backs *40'

verify 1h
load --connections 30 --targets 198.18.0.1+30 --port 8080 --rate 50
wait_until 20 "its end, as all is clear" gone verify
says 10 ': RELAYING$' 'on port 6515: relaying' 'paired *\(2[0-9]\|30\)' 'mail *0 to 0' 'because .*\(2[0-9]\|30\) distinct upstreams'

verify 5s --json
says 11 '"outcome": "nothing_came_in"' '"relaying": false' '"accepts": 0'
verify 1h
stop verify INT
[ "$ENDED" -eq 11 ] || fail "exit status $ENDED after SIGINT"
grep -q 'cut short' verify.log || fail "no word of being cut short"
refused 2 'for.*1s to 24h' "$RELAYTRAP" verify --for 0s
