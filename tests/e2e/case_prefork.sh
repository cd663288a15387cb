#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Children forked before the first accept serve; each is named, and their sum is exact.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --model prefork
load --connections 300
expect_relay 'sum(p.accepts for p in processes) == accepts' 'sum(p.connects for p in processes) == connects' \
	"[p.accepts for p in processes if p.pid == ${RT_PIDS[relay]}] in ([], [0])"
