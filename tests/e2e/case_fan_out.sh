#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Fan-out stays within ten per cent at 1,000 and 10,000 distinct upstreams; all else stays exact.
# timeout: 240
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
for upstreams in 1000 10000; do
	watch_ports --port 6515
	python_server proxy proxy.py
	load --connections $upstreams --targets 198.18.0.1+$upstreams --parallel 100
	expect_relay "sink.targets == $upstreams" "fan_out ~ $upstreams"
	end_round proxy
done
