#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A socket connected to itself on the watched port is neither an accept nor a client.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --reuse-port
load --connections 20
[ "$(lab_in host "$RT_PY/self_connect.py" 10.77.0.254:6515 30)" = 30 ] || fail "no self-connect here"
load_and_hold relayed --connections 20
expect 'accepts == 40' 'connects == 40' 'clients == 20' 'open == 20' 'hops == 0'
release
