#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Another build takes over under traffic: its programs run, no connection is lost or counted twice, the guard
# lets no packet to a blocked port pass; either way.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need bpftool nft jq
begin
lab 25
python_server proxy proxy.py
"$RT_PY/other_build.py" "$RELAYTRAP" other 1
chmod 755 other
builds=("$RELAYTRAP" "$RT_TMP/other")
hooks() { # what runs at each hook
	local pin
	for pin in "$PIN_DIR"/* "$PIN_DIR"/guard_links/*; do
		bpftool link show pinned "$pin" 2>/dev/null | sed -nE "s|.*prog ([0-9]+).*|${pin##*/} \1|p" || true
	done
}
as_many_objects() { # number
	[ "$(instance_objects | wc -l)" -eq "$1" ]
}
run_build() { # which
	RELAYTRAP=${builds[$1]} watch_ports --netns "/run/netns/${LAB_NAME}host"
}
lab_in host nft -f - <<-'END'
	table inet witness {
		chain input {
			type filter hook input priority 0
			tcp dport 6516 counter
		}
	}
END
passed() { # packets to the blocked port that the stack got to see
	lab_in host nft -j list chain inet witness input | jq '[.. | .counter? | objects | .packets] | add'
}
some_passed() {
	[ "$(passed)" -gt 0 ]
}
run_build 0
stop relaytrap KILL
start client knock "$RT_PY/knocking.py" 10.77.0.254 6516 100
wait_until 10 "a packet, as nothing is blocked yet" some_passed
"$RELAYTRAP" block 6516 --pin-dir "$PIN_DIR" --netns "/run/netns/${LAB_NAME}host"
passed_before=$(passed)
hooks >hooks.before
[ "$(wc -l <hooks.before)" -ge 12 ] || fail "only these hooks: $(cat hooks.before)"
objects=$(instance_objects | wc -l)
start client load "$RT_PY/load.py" --out client.json --connections 100000 --rate "$(size 100 5)"
turns=$(size 8 2)
for ((turn = 1; turn <= turns; turn++)); do
	run_build $((turn % 2))
	has_line relaytrap 'going on with what was counted by programs of this build' || fail "turn $turn: no upgrade"
	hooks >hooks.after
	[ -z "$(join hooks.before hooks.after | awk '$2 == $3')" ] || fail "old programs run: $(cat hooks.before hooks.after)"
	[ "$(join hooks.before hooks.after | wc -l)" -eq "$(wc -l <hooks.before)" ] || fail "hooks differ: $(cat hooks.after)"
	mv hooks.after hooks.before
	stop relaytrap KILL
	wait_until 10 "the old programs to go" as_many_objects "$objects"
done
stop load
[ "$ENDED" -eq 0 ] || fail "the clients failed"
stop knock
[ "$(passed)" -eq "$passed_before" ] || fail "$(($(passed) - passed_before)) packets to a blocked port passed"
expect_relay 'process("asyncproxy").accepts == accepts'

# The same build again exchanges nothing.
run_build $((turns % 2))
! has_line relaytrap 'by programs of this build' || fail "exchanged for the same build"
stop relaytrap
hooks >hooks.after
cmp hooks.after hooks.before || fail "other programs for the same build"
objects=$(instance_objects)
[ "$(grep -c ^prog <<<"$objects")" -ge 10 ] || fail "only these objects: $objects"
unload
wait_until 10 "everything to go" none_left "$objects"
