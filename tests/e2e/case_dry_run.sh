#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A dry run changes nothing that programs or clients see, and counts what enforce then refuses and drops of the same.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

need nft jq
begin
lab 25
LOOKS=(7001)
witness
# Who gets no answer asks again, so the client's own requests are what is compared.
try_blocked() {
	local i
	for i in {1..5}; do
		lab_in client timeout "$(patience 2)" bash -c ': >/dev/tcp/10.77.0.254/7001' 2>/dev/null && echo "try $i: in" || echo "try $i: out" &
	done | sort
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
		forget
		try_blocked
		witnessed client 7001 >"$1.sent"
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
equal "would be dropped of what was sent" "$(count dry-run '.guard[0].would_drop_syns')" "$(cat dry-run.sent)"
equal "is dropped of what was sent" "$(count enforce '.guard[0].syns')" "$(cat enforce.sent)"
for mode in dry-run enforce; do
	[ "$(cat "$mode.sent")" -ge 5 ] || fail "only $(cat "$mode.sent") requests were sent in $mode"
done
equal "nothing is dropped in a dry run" "$(count dry-run '.guard[0].packets')" 0
equal "the engine does nothing in observe" "$(count observe '.services[0].would_refuse')" 0
