#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What ran before the start is found: the listener, those children that hold its connections, what they open.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all_accepted() {
	[ "$(lab_in host ss -Hltn 'sport = :6515' | awk '{ print $2 }')" = 0 ]
}

begin
lab 25
python_server relay relay.py --model prefork
load_and_hold connected --connections 20 --targets 198.18.0.1+10
wait_until 20 "all of them to be accepted" all_accepted
watch_ports --port 6515
expect 'listeners == 1' 'open == 20' "${RT_PIDS[relay]} in pids()" 'len(processes) >= 2'
release
expect 'connects == 20' 'fan_out == 10' 'open == 0' 'sum(p.connects for p in processes) == 20' \
	'bytes.client_received == client.sent' 'bytes.upstream_sent == sink.received'
