#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A front had its connections to a second program on this host open before the start: what that one opens counts.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

hops_stand() {
	(($(lab_in host ss -Htn 'dport = :9000' | wc -l) == 20))
}

begin
lab 25
SERVER_PORT=9000 python_server back proxy.py --name back --listen 127.0.0.1:9000
python_server front relay.py --name front --fixed 127.0.0.1:9000
load_and_hold connected --connections 20 --targets 198.18.0.1+10
wait_until 20 "the front's connections" hops_stand
watch_ports --port 6515
expect 'open == 20' 'hops == 20'
release
expect 'hops == 20' 'connects == 20 + sink.connections' 'sink.connections == 20' 'fan_out == 10' \
	"process('back').connects == 20" 'on(9000) == None'
