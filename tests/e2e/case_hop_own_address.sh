#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A connection to another address of this host, which is not its own source address, is a hop all the same.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
lab_in host ip address add 10.77.0.201/24 dev client
watch_ports --port 6515
SERVER_PORT=9000 python_server back proxy.py --name back --listen 10.77.0.201:9000
python_server front relay.py --name front --fixed 10.77.0.201:9000
load --connections 60 --targets 198.18.0.1+30
expect 'accepts == 60' 'hops == 60' 'connects == 120' 'sink.connections == 60' \
	"process('back').connects == 60" 'fan_out == sink.targets + 1' 'bytes.upstream_sent == sink.received'
