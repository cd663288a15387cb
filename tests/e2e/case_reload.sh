#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP: a good file takes effect, ports and thresholds; a bad one is refused whole, with file and line.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 8080
reload() { # content of the file, pattern of the answer
	printf '%b' "$1" >relaytrap.conf
	kill -HUP "${RT_PIDS[relaytrap]}"
	wait_until 10 "the answer" has_line relaytrap "$2"
}
printf 'port = 6515\nhold = 0s\n' >relaytrap.conf
watch_ports --config relaytrap.conf --interval 200ms --netns "/run/netns/${LAB_NAME}host"
python_server proxy proxy.py --listen 0.0.0.0:8888
load --connections 10 --proxy 10.77.0.254:8888 --port 8080
expect 'services == []'

reload 'port = 6515,8888\nhold = 0s\nmax_services = 7\n' 'watching port 6515,8888; not changed without a new start: max_services$'
load --connections 10 --targets 198.18.0.1+10 --port 8080 --proxy 10.77.0.254:8888
expect --port 8888 'accepts == 10' "verdict == 'forwarding'"

reload 'port = 9\nhold = never\n' 'relaytrap.conf:2: hold: "never" is not a duration .*; the settings stay as they were$'
reload 'port = 9\n[port 8888]\nfan_out = 1\n' 'relaytrap.conf:3: \[port 8888\] fan_out: 1 is out of range'
load --connections 5 --targets 198.18.1.1+5 --port 8080 --proxy 10.77.0.254:8888
expect --port 8888 'accepts == 15' 'document.watched_ports == "6515,8888"' "verdict == 'forwarding'"

# For this port alone 15 upstreams are too many; what was counted stays. Who joined before sees it too.
start - top "$RELAYTRAP" top -b -d 0.2 --pin-dir "$PIN_DIR"
wait_until 10 "top" has_line top 'watching 6515,8888 '
reload 'port = 8888\nhold = 0s\n[port 8888]\nfan_out = 10\n' 'watching port 8888$'
wait_until 10 "top to see it" has_line top 'watching 8888 '
expect --port 8888 'accepts == 15' "verdict in ('suspect', 'relaying')" '"threshold 10" in " ".join(reasons)'
rm relaytrap.conf
kill -HUP "${RT_PIDS[relaytrap]}"
wait_until 10 "the answer" has_line relaytrap 'relaytrap.conf: No such file.*stay as they were$'
expect --port 8888 'document.watched_ports == "8888"'
stop relaytrap
[ "$ENDED" -eq 0 ] || fail "exit status $ENDED"
