#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A port is not blocked for a relay in another network namespace, nor for one beside a server on another address.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
need jq
lab 25
services() { # jq filter of one service
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq -c "[.services[] | $1] | sort"
}
is() { # wanted, jq filter of one service
	[ "$(services "$2")" = "$1" ]
}
blocked() {
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" | jq -c '[.guard[] | select(.in_force) | .port]'
}
serves() { # the host's own server answers
	lab_in client curl -sS -m 20 -o /dev/null "http://10.77.0.254:$port/" || fail "the host's own server does not answer"
}
# It watches all network namespaces: not for what others use.
port=6599
contained='select(.verdict == "contained") | .not_blocked'

start host relaytrap "$RELAYTRAP" run --pin-dir "$PIN_DIR" --port "$port" --interval 200ms --mode enforce --fuse 3
wait_until 30 "relaytrap to count" has_line relaytrap '^relaytrap: counting'
python_server web proxy.py --listen "10.77.0.254:$port" --name web
serves

lab_server internet far "$RT_PY/proxy.py" --listen "10.88.0.2:$port" --name far
load --proxy "10.88.0.2:$port" --sources 10.77.1.1 --connections 10 --targets 10.77.1.11+10 --patience 1 --may-fail
there="port $port (on loopback, or in another network namespace)"
wait_until 20 "the containment" is "[\"$there\"]" "$contained"
wait_until 5 "the event" has_line relaytrap "far on port $port .* is contained .*; not blocked: $there"
[ "$(blocked)" = '[]' ] || fail "blocked for a relay in another network namespace: $(blocked)"
serves

python_server proxy proxy.py --listen "10.88.0.1:$port"
load --proxy "10.88.0.1:$port" --connections 10 --targets 198.18.0.1+10 --patience 1 --may-fail
beside="port $port (another service listens there, too)"
wait_until 20 "the containment" is "[\"$beside\",\"$there\"]" "$contained"
wait_until 5 "the event" has_line relaytrap "asyncproxy on port $port .* is contained .*; not blocked: $beside"
[ "$(blocked)" = '[]' ] || fail "blocked beside another server: $(blocked)"
serves

# Alone at last.
stop web KILL 2>/dev/null
wait_until 20 "the block" has_line relaytrap "port $port is blocked by the engine"
[ "$(blocked)" = "[$port]" ] || fail "blocked: $(blocked)"
