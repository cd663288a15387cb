#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# MPTCP on both sides: accepts and connects counted once, as over TCP.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ "$(cat /proc/sys/net/mptcp/enabled 2>/dev/null)" = 1 ] || skip "no MPTCP here"
begin
lab_up "$RT_ID"
sinks --mptcp 25
for method in CONNECT MULTIPATH; do
	watch_ports --port 6515
	python_server relay relay.py --mptcp
	load --mptcp --method $method --connections 100 --targets 198.18.0.1+20
	expect 'accepts == 100' 'clients == 40' 'connects == sink.connections' 'sink.connections == 100' \
		'fan_out == 20' 'connect_failures == 0' 'open == 0'
	end_round relay
done
lab_in host nstat -saz MPTcpExtMPCapableSYNACKRX | awk 'END { exit $2 < 100 }' || fail "the relay spoke no MPTCP"
