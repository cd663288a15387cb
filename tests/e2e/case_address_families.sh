#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# IPv4, IPv6, and IPv4 through IPv6 sockets, on both sides: each connection counted once.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
count=$(size 60 20)
watch_ports --port 6515
python_server relay relay.py --listen '*:6515'

relayed() { # connections so far, distinct upstreams so far, argument of load…
	load --connections "$count" "${@:3}"
	expect "accepts == $1" "connects == $1" "fan_out == $2" "sink.connections == $1" "sink.targets == $2" \
		'connect_failures == 0' 'hops == 0' "paired == $1"
}

relayed "$count" 10 --targets 198.18.0.1+10
relayed $((count * 2)) 20 --proxy '[fd00:77::fe]:6515' --sources fd00:77::1+10 --targets fd00:198:18::1+10
relayed $((count * 3)) 30 --proxy '[fd00:77::fe]:6515' --sources fd00:77::1+10 --targets 198.18.1.1+10
# The same ten upstreams once more, now through v4-mapped addresses: no new ones.
relayed $((count * 4)) 30 --method MAPPED --targets 198.18.0.1+10
