#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A pid that comes back is another process: it inherits neither counts nor service.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -w /proc/sys/kernel/ns_last_pid ] || skip "pids cannot be chosen here"
begin
lab 25

# The same program again: a new process with counts of its own.
watch_ports --port 6515
python_server relay relay.py
pid=${RT_PIDS[relay]}
load --connections 50
expect 'accepts == 50' "process('relay').pid == $pid" "process('relay').accepts == 50"
stop relay KILL
python_server again with_pid.py "$pid" "$RT_PY/relay.py"
load --connections 20
expect "process('relay').pid == $pid" "process('relay').accepts == 20" "process('relay').connects == 20"
kill -KILL "$pid"
end_round again

# A worker that served, and then an unrelated program under its pid, while the service lives on.
watch_ports --port 6515
python_server relay relay.py --model prefork
mapfile -t workers < <(pgrep -P "${RT_PIDS[relay]}")
load --connections 50
expect 'connects == 50' 'len(processes) == 5'
kill -KILL "${workers[0]}"
lab_in host "$RT_PY/with_pid.py" "${workers[0]}" "$RT_PY/load.py" --mode plain --proxy 198.18.0.1:25 \
	--sources '' --connections 30 --out unrelated.json
expect 'sink.connections == 80' 'connects == 50' 'len(processes) == 4' "(${workers[0]} in pids()) == False"
