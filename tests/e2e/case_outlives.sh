#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The counters go on while no relaytrap runs, after SIGTERM and after SIGKILL; the next start takes over.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
python_server proxy proxy.py
watch_ports --port 6515
load --connections 10
stop relaytrap TERM
[ "$ENDED" -eq 0 ] || fail "exit status $ENDED after SIGTERM"
load --connections 10
expect 'accepts == 20' 'connects == 20'
watch_ports --port 6515
stop relaytrap KILL
load --connections 10
watch_ports --port 6515
load --connections 10
expect 'sink.connections == 40' 'connects == 40' 'fan_out == 10' 'accepts == 40' 'process("asyncproxy").accepts == 40'
