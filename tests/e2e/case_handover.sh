#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Accepted in one process, handed on by SCM_RIGHTS: the process that reads and connects is named.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --model handover
worker=$(pgrep -P "${RT_PIDS[relay]}")
load --connections 300
expect_relay "process($worker).accepts == accepts" "process($worker).connects == connects" \
	"[p.accepts for p in processes if p.pid != $worker] in ([], [0])"
