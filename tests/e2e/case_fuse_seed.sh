#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What is open to allowed networks at the start, or when a port is watched by a reload, costs no fuse.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 8080
spares() { # range of three upstreams that have not been reached
	expect 'connects == 10' 'refused_connects == 0' "verdict != 'contained'"
	start client more "$RT_PY/load.py" --out more.json --connections 3 --targets "198.18.$1.1+3" --port 8080
	finish more
	[ "$ENDED" = 0 ] || fail "the fuse is not whole: $(cat more.log)"
	expect 'connects == 13' 'refused_connects == 0' "verdict != 'contained'"
	! grep -q 'is contained' relaytrap.log || fail "$(grep 'is contained' relaytrap.log)"
}
python_server proxy proxy.py
load_and_hold relayed --connections 10 --targets 198.18.200.1+10 --port 8080

watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce --fuse 3 --allow 198.18.200.0/24
spares 1
stop relaytrap
unload

printf 'port = 7000\nmode = enforce\n' >relaytrap.conf
watch_ports --config relaytrap.conf --netns "/run/netns/${LAB_NAME}host" --interval 200ms
printf 'port = 6515\nmode = enforce\nfuse = 3\nallow = 198.18.200.0/24\n' >relaytrap.conf
kill -HUP "${RT_PIDS[relaytrap]}"
wait_until 10 "the answer" has_line relaytrap 'watching port 6515'
spares 2
release
