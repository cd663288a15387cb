#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A front on 6515 hands all on to a program on an unwatched local port, which relays outward: one service.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
SERVER_PORT=9000 python_server back proxy.py --name back --listen 127.0.0.1:9000
python_server front relay.py --name front --fixed 127.0.0.1:9000
load --connections 300
expect 'accepts == client.connections' 'clients == client.clients' 'hops == client.connections' \
	'connects == client.connections + sink.connections' 'fan_out ~ sink.targets' 'connect_failures == 0' \
	"process('front').accepts == client.connections" "process('front').connects == client.connections" \
	"process('back').connects == sink.connections" 'bytes.client_received == client.sent' \
	'bytes.client_sent == client.received' 'on(9000) == None'
