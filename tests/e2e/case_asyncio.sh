#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A proxy of one thread on epoll; many upstreams, then few, where fan-out is exact.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server proxy proxy.py
load --connections 300
expect_relay "comms() == ['asyncproxy']" "process('asyncproxy').accepts == 300" "process('asyncproxy').connects == 300"
end_round proxy

watch_ports --port 6515
python_server proxy proxy.py
load --targets 198.18.0.1+64
expect_relay 'fan_out == 64' 'client.targets == 64'
