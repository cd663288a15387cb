#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A dry run changes nothing that programs or clients see, and counts what enforce then refuses and drops of the same.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
knock() { # one SYN each: nobody waits for a second one
	local i
	for i in {1..5}; do
		lab_in client timeout 0.7 bash -c ': >/dev/tcp/10.77.0.254/7001' 2>/dev/null && echo "knock $i: in" || echo "knock $i: out"
	done
}
# The same traffic in each mode, with a fuse of 20 and, unless in observe, an order to block port 7001. The kernel
# alone: the daemon would act when it gets to it.
traffic() { # mode
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode "$1" --fuse 20 --window 1h
	stop relaytrap
	[ "$1" = observe ] || "$RELAYTRAP" block --pin-dir "$PIN_DIR" --netns "/run/netns/${LAB_NAME}host" 7001
	lab_server host ways "$RT_PY/ways.py" serve
	{
		lab_in host "$RT_PY/ways.py" ask stream 198.18.0.{1..60}:25
		lab_in host "$RT_PY/ways.py" ask udp_send 198.18.0.{1..5}:53
		lab_in host "$RT_PY/ways.py" ask udp_connect 198.18.0.{1..5}:53
		knock
	} >"$1.seen"
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" >"$1.json"
	stop ways KILL 2>/dev/null
	wait_until 10 "port 6515 to be free" not_listening host 6515
	wait_until 10 "the sinks to write" logged "$(grep -c '^OK' <(head -n 60 "$1.seen"))"
	jq -c '[.local, .port, .received, .sent]' sinks.json | sort >"$1.sinks"
	: >sinks.json
	unload
}
logged() {
	[ "$(wc -l <sinks.json)" = "$1" ]
}
count() { # mode, path
	jq "$2" "$1.json"
}
equal() { # what, one, other
	[ "$2" = "$3" ] || fail "$1: $2 and $3"
	echo "ok  $1: $2"
}

lab_server host other "$RT_PY/sink.py" --log local.json 7001
for mode in observe dry-run enforce; do
	traffic "$mode"
done
equal "what the program, the clients and the sinks saw, in a dry run as in observe" "$(cat observe.seen observe.sinks | md5sum)" \
	"$(cat dry-run.seen dry-run.sinks | md5sum)"
equal "went well in observe" "$(grep -cE '^OK|in$' observe.seen)" 75
equal "went well in enforce" "$(grep -cE '^OK|in$' enforce.seen)" 20
equal "counted the same but for what would be refused" "$(count observe '.services[0] | [.accepts, .connects, .fan_out, .udp_sends, .refused_connects, .refused_sends]' | tr -d '\n ')" \
	"$(count dry-run '.services[0] | [.accepts, .connects, .fan_out, .udp_sends, .refused_connects, .refused_sends]' | tr -d '\n ')"
equal "would be refused, and is" "$(count dry-run '.services[0].would_refuse')" \
	"$(count enforce '.services[0] | .refused_connects + .refused_sends')"
equal "is refused" "$(count enforce '.services[0].refused_connects')" 40
equal "would be dropped, and is" "$(count dry-run '.guard[0].would_drop_syns')" "$(count enforce '.guard[0].syns')"
equal "is dropped" "$(count enforce '.guard[0].syns')" 5
equal "nothing is dropped in a dry run" "$(count dry-run '.guard[0].packets')" 0
equal "the engine does nothing in observe" "$(count observe '.services[0].would_refuse')" 0
