#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A threaded HTTP proxy, many upstreams: every figure exact, and the one process named.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need tinyproxy
begin
lab 25 8080
printf '%s\n' 'Port 6515' 'Listen 0.0.0.0' 'ConnectPort 25' 'ConnectPort 8080' 'MaxClients 100' 'Timeout 60' >tinyproxy.conf
watch_ports --port 6515
server tinyproxy tinyproxy -d -c tinyproxy.conf
load --port 25 8080
expect_relay "comms() == ['tinyproxy']" 'mail_connects == sink.mail' 'mail_fan_out ~ sink.mail_targets' \
	"process('tinyproxy').accepts == accepts" "process('tinyproxy').connects == connects"
