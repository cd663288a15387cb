#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# socat forks a child for each connection, which connects before it reads: one service, all of them counted.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need socat
begin
lab 25
watch_ports --port 6515
server socat socat TCP-LISTEN:6515,fork,reuseaddr,backlog=128 TCP:198.18.0.1:25
load --mode plain --targets 198.18.0.1
expect_relay 'fan_out == 1' 'hops == 0'

load_and_hold relayed --mode plain --targets 198.18.0.1 --connections 5
expect 'open == 5' "comms().count('socat') >= 5" "${RT_PIDS[socat]} in pids()"
release
expect 'open == 0' 'accepts == 305' 'connects == 305' "pids() == [${RT_PIDS[socat]}]"
