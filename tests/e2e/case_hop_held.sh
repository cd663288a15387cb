#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A proxy behind a front stays under the front's fuse; the host's resolver, which a client has asked the relay for, is
# stopped no longer than it is connected, and its datagrams never are.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
need socat
lab 25
watch() { # port
	watch_ports --port "$1" --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce --window 1h --fuse 5
}
count() {
	jq -r 'select(.local | startswith("198.18.")) | .local' sinks.json | sort -u | wc -l
}
written() { # wanted
	[ "$(count)" -ge "$1" ]
}
reached() { # wanted, after what
	wait_until 10 "the sinks to write" written "$1"
	[ "$(count)" = "$1" ] || fail "$2: $(count) upstreams were reached, not $1"
	echo "ok  $2: $1 upstreams"
}
answers() { # wanted, way, target…: of the resolver
	[ "$(lab_in host "$RT_PY/ways.py" ask "${@:2}")" = "$1" ]
}
resolver() { # wanted, way, target…
	answers "$@" || fail "$2 to $3: not $1"
	echo "ok  $2 of the resolver: $1"
}
has() { # program, role
	expect --for 20 --port 7000 "any(p.comm == '$1' and p.role == '$2' for p in processes) == True"
}

# The front: the kernel alone, between whose rounds all hops are over; then contained.
watch 6515
stop relaytrap
SERVER_PORT=9000 python_server back proxy.py --name back --listen 127.0.0.1:9000
server front socat TCP-LISTEN:6515,fork,reuseaddr,backlog=100 TCP:127.0.0.1:9000
for round in 1 2; do
	load --connections 30 --parallel 1 --targets "198.18.$round.1+30" --may-fail
	reached 5 "round $round through the front"
done
watch 6515
wait_until 10 "the containment" has_line relaytrap 'is contained for 1h00m: its fuse of 5 has blown'
lab_in host "$RT_PY/load.py" --out local.json --connections 5 --targets 198.18.3.1+5 --sources '' --proxy 127.0.0.1:6515 --may-fail
reached 5 "from this host, while it is contained,"
stop relaytrap
stop front KILL 2>/dev/null
stop back KILL 2>/dev/null
unload >/dev/null
: >sinks.json

# The resolver, on a port that is not watched.
watch 7000
stop relaytrap
python_server relay relay.py --listen 0.0.0.0:7000
lab_server host resolver "$RT_PY/ways.py" serve
# shellcheck disable=SC2016 # expanded by the inner shell
start client guest bash -c 'exec 3<>/dev/tcp/10.77.0.254/7000
	printf "CONNECT 127.0.0.1:6515 HTTP/1.1\r\n\r\nudp_send 198.18.9.1:53\n" >&3; exec sleep 120'
has ways hop
load --proxy 10.77.0.254:7000 --connections 10 --parallel 1 --targets 198.18.4.1+10 --may-fail
reached 5 "through the relay"
resolver OK udp_send 198.18.9.1:53
resolver OK udp_connect 192.0.2.9:53
resolver EPERM stream 198.18.9.1:25
watch 7000
wait_until 10 "the containment" has_line relaytrap 'relay on port 7000 .* is contained'
wait_until 10 "the resolver to be free" answers OK stream 198.18.9.2:25
resolver OK udp_send 198.18.9.1:53
resolver OK udp_kept 192.0.2.9:53
expect --port 7000 "verdict == 'contained'"

# What the relay asks for from now on is not drawn in.
lab_server host other "$RT_PY/sink.py" --log other.json 2525
lab_in host "$RT_PY/load.py" --out local.json --connections 1 --targets 127.0.0.1 --port 2525 --sources '' --proxy 127.0.0.1:7000
expect --port 7000 "any(p.pid == ${RT_PIDS[other]} for p in processes) == False" "any(p.comm == 'ways' for p in processes) == True"
