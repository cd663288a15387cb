#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Fan-out stays within ten per cent at 1,000 and 10,000 distinct upstreams; all else stays exact.
# Estimates are as good as luck has it, so this has a secret of its own instead of a random one.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need bpftool jq
# The secret that upstreams are hashed with, bytes 24 to 39 of the settings, becomes 01 02 … 10.
choose_secret() {
	local settings=$PIN_DIR/settings bytes
	read -ra bytes < <(bpftool -j map lookup pinned "$settings" key 0 0 0 0 | jq -r '[.value[]] | join(" ")')
	bytes=("${bytes[@]:0:24}" 0x{0{1..9},0{a..f},10} "${bytes[@]:40}")
	bpftool map update pinned "$settings" key 0 0 0 0 value "${bytes[@]}"
}

begin
lab 25
for upstreams in 1000 10000; do
	watch_ports --port 6515
	choose_secret
	python_server proxy proxy.py
	load --connections $upstreams --targets 198.18.0.1+$upstreams --parallel 100
	expect_relay "sink.targets == $upstreams" "fan_out in range($((upstreams * 9 / 10)), $((upstreams * 11 / 10 + 1)))"
	end_round proxy
done
