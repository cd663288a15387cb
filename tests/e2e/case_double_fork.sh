#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Each connection is served by a grandchild in a session of its own, whose parent has exited.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --model double-fork
load --connections 300
expect_relay "[p.accepts for p in processes if p.pid == ${RT_PIDS[relay]}] in ([], [0])"
load_and_hold relayed --connections 5
expect 'open == 5' 'sum(p.accepts == 1 and p.connects == 1 for p in processes) == 5'
release
