#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A listener made by another program (socket activation), which stays, or has exited: the server is named.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
for model in activate activate-orphan; do
	watch_ports --port 6515
	python_server activator relay.py --model $model
	load --connections "$(size 300 40)" --targets 198.18.0.1+30
	server=$(listener 6515)
	expect_relay "process($server).accepts == accepts" "process($server).connects == connects" 'fan_out == 30' \
		"[p.accepts for p in processes if p.pid != $server] in ([], [0])"
	end_round activator
done
