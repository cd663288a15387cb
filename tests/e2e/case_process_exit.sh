#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A process that ends is gone from its service; the service goes with its last listener.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py --model double-fork
load --connections 50
expect 'accepts == 50' "pids() == [${RT_PIDS[relay]}]" 'listeners == 1'
stop relay KILL
expect '[] == processes' '(on(6515) == None or listeners == 0) == True'

# A parent that never waits for it makes a zombie of it, which is no process of the service either.
start host parent sh -c 'microsocks -p 6515 & exec sleep 1000'
wait_until 20 "port 6515 to listen" listening host 6515
load --mode socks5 --connections 20
zombie=$(pgrep -P "${RT_PIDS[parent]}")
expect "pids() == [$zombie]"
kill -KILL "$zombie"
expect '[] == processes'
[ -d "/proc/$zombie" ] || fail "there was no zombie"
