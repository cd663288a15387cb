#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# When its window is over a whole fuse begins anew, a blown one does not: only a release makes it whole.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
window=10 # seconds, the shortest there is
go() { # port, connections, targets
	load --proxy "10.77.0.254:$1" --connections "$2" --targets "$3" --may-fail
}
refusals() { # port
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" |
		jq ".services[] | select(.ports == [$1]) | .refused_connects"
}
# Four upstreams within one window, however slowly they go.
blows() { # port
	go "$1" 8 198.19.0.1+4
	[ "$(refusals "$1")" -gt 0 ]
}

# The kernel alone: what the daemon would do at its next look is not asked for here.
watch_ports --port 6515-6516 --netns "/run/netns/${LAB_NAME}host" --mode enforce --window "${window}s" --fuse 3
stop relaytrap
python_server relay relay.py
lab_server host blown "$RT_PY/relay.py" --listen 0.0.0.0:6516 --name blown

wait_until 20 "the fuse to blow" blows 6516
go 6515 30 198.18.0.1+3
expect 'connects == 30' 'fan_out == 3' 'refused_connects == 0'
before=$(refusals 6516)
sleep "$window"

# As many others as before, and these once more; of the blown one nothing more is reached, known or new.
go 6515 30 198.18.1.1+3
expect 'connects == 60' 'refused_connects == 0'
go 6516 5 198.19.1.1+5
go 6516 4 198.19.0.1+4
expect --port 6516 "refused_connects == $before + 9"
expect 'sink.targets in (9, 10)' # ten if the window of the blown one began anew before it blew

"$RELAYTRAP" release --pin-dir "$PIN_DIR" port:6516
go 6516 6 198.19.1.1+3
expect --port 6516 "refused_connects == $before + 9"
expect 'sink.targets in (12, 13)'
