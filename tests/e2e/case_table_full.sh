#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# More services than the table holds: those in it stay exact, the others are counted as lost.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need microsocks
begin
lab 25
watch_ports --port any --max-services 8 --netns "/run/netns/${LAB_NAME}host"
for port in {7001..7020}; do
	SERVER_PORT=$port server "proxy$port" microsocks -i 0.0.0.0 -p "$port"
	load --mode socks5 --proxy "10.77.0.254:$port" --connections 10
done
for port in {7001..7008}; do
	expect --port "$port" 'accepts == 10' 'connects == 10' 'fan_out == 10' 'clients == 10' 'open == 0' \
		"comms() == ['microsocks']" 'len(processes) == 1'
done
expect --port 7009 'found == False' 'len(services) == 8' 'lost.services_full >= 12'
