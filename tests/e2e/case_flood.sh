#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# 200,000 connections as fast as loopback gives them, each answered by another: exact, and nothing lost.
# timeout: 700
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab_up "$RT_ID"
watch_ports --port 6515
start host flood "$RT_TOOLS/flood" 200000
wait_until 200 "the flood" has_line flood connections
cp flood.log client.json
expect 'client.connections == 200000' 'client.drained == 200000' 'accepts == 200000' 'connects == 200000' \
	'hops == 200000' 'connect_failures == 0' 'open == 0' 'clients == 1' 'fan_out == 0' \
	"process('relay').accepts == 200000" "process('relay').connects == 200000" "$NOTHING_LOST"
