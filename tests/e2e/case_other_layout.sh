#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Pins of another layout are refused with the command to run, by every command that reads them; unload removes them.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need bpftool
begin
other_layout() { # size of the settings
	mkdir -m 700 "$PIN_DIR"
	bpftool map create "$PIN_DIR/settings" type array key 4 value "$1" entries 1 name settings
	bpftool map create "$PIN_DIR/services" type array key 4 value 16 entries 1 name services
}
is_refused() {
	local command
	for command in run status events; do
		refused 1 "$PIN_DIR was pinned by a relaytrap with another layout; remove it with 'relaytrap unload'" \
			"$RELAYTRAP" "$command" --pin-dir "$PIN_DIR"
	done
	unload
	[ ! -e "$PIN_DIR" ] || fail "still there"
}
# Layout 1 had 64 bytes and the ports; one with this one's size says itself that it is another.
other_layout $((64 + 8192))
is_refused
"$RELAYTRAP" run --pin-dir "$PIN_DIR" >first.log 2>&1 &
RT_PIDS[relaytrap]=$!
wait_until 10 "the pins" test -e "$PIN_DIR/settings"
size=$(bpftool -j map show pinned "$PIN_DIR/settings" | jq .bytes_value)
stop relaytrap KILL
unload
other_layout "$size"
is_refused
