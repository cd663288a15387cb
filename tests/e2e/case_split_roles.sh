#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# One process reads the request, another connects, a third relays (dante): one service has it all.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --model split
load --connections 300
expect_relay "set(comms()) >= {'acceptor', 'relay'}" 'sum(p.accepts for p in processes) == accepts' \
	'sum(p.connects for p in processes) == connects'
