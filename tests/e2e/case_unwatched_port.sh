#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A proxy on a port that is not watched is no service, however much it relays.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server other proxy.py --listen 0.0.0.0:6516
python_server watched proxy.py
load --proxy 10.77.0.254:6516 --connections 50
load --connections 20
expect 'accepts == 20' 'connects == 20' 'on(6516) == None' '[each.ports for each in services if each.processes] == [[6515]]'
