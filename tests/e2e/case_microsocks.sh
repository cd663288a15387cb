#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A threaded SOCKS5 proxy, many upstreams: every figure exact, and the one process named.
# matrix: yes
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need microsocks
begin
lab 25
server microsocks microsocks -i 0.0.0.0 -p 6515
watch_ports --port 6515
load --mode socks5 --connections "$(size 300 40)" --targets "198.18.0.1+$(size 200 30)"
expect_relay "comms() == ['microsocks']" "pids() == [${RT_PIDS[microsocks]}]" 'mail_connects == sink.mail' \
	"process('microsocks').accepts == accepts" "process('microsocks').connects == connects" 'listeners == 1'
