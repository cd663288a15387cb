#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A socat pair that relayed before the start is found, and goes on as one service.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need socat
begin
lab 25
server socat socat TCP-LISTEN:6515,fork,reuseaddr TCP:198.18.0.1:25
load_and_hold relayed --mode plain --connections 5 --targets 198.18.0.1
watch_ports --port 6515
expect 'listeners == 1' 'open == 5' 'len(processes) == 6' "set(comms()) == {'socat'}"
release
expect 'open == 0' "pids() == [${RT_PIDS[socat]}]"
load --mode plain --targets 198.18.0.1 --connections 30
expect 'connects == 35' 'accepts == 35' 'clients == 30' 'fan_out == 1' 'connect_failures == 0'
