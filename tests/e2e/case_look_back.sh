#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Name look-ups back to the callers (UDP 137) are look-backs; other datagrams count apart from TCP.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py
load --method LOOKBACK --receive 0 --connections 40 --may-fail
expect 'accepts == 40' 'look_backs == 80' 'udp_sends == 80' 'udp_fan_out == 0' 'fan_out == 0' 'connects == 0'
load --method DATAGRAM --receive 0 --connections 50 --targets 198.18.0.1+50 --may-fail
expect 'accepts == 90' 'look_backs == 80' 'udp_sends == 130' 'udp_fan_out == 50' 'fan_out == 0' 'connects == 0'
load --connections 20 --targets 198.18.1.1+20
expect 'fan_out == 20' 'udp_fan_out == 50' 'connects == 20' 'look_backs == 80'
end_round relay

# The same over IPv6, and over IPv4 through an IPv6 socket.
watch_ports --port 6515
python_server relay relay.py --listen '*:6515'
load --method LOOKBACK --receive 0 --connections 20 --may-fail
load --method LOOKBACK --receive 0 --connections 20 --may-fail --proxy '[fd00:77::fe]:6515' --sources fd00:77::1+20
expect 'accepts == 40' 'look_backs == 80' 'udp_sends == 80' 'udp_fan_out == 0' 'fan_out == 0'
