#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# After unload nothing acts any more, though views still run: connects work, the guard is off. The views notice.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$RT_ROOT/tests/e2e/guard.sh"

need bpftool
begin
lab 25
compiled_server relay thread_relay
watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce --fuse 2 --window 1h
for view in "top -b" events; do
	# shellcheck disable=SC2086 # several words
	start - "${view%% *}" "$RELAYTRAP" $view --pin-dir "$PIN_DIR" --interval 200ms
done
load --connections 10 --targets 198.18.0.1+10 --may-fail
wait_until 10 "top to look" has_line top refused
wait_until 20 "events to look" has_line events "port 6515 is blocked by the engine"
stop relaytrap
is ' xdpgeneric' "the guard" attached client

# Stopped, they keep open what they have open.
kill -STOP "${RT_PIDS[top]}" "${RT_PIDS[events]}"
links=$(instance_objects | grep '^link')
[ "$(wc -l <<<"$links")" -gt 10 ] || fail "these are not all links: $links"
unload
none_left "$links" || fail "links are left while views run"
is '' "the guard after unload" attached client
load --connections 10 --targets 198.18.1.1+10 || fail "still refused after unload: $(cat client.json)"

kill -CONT "${RT_PIDS[top]}" "${RT_PIDS[events]}"
wait_until 20 "top to end" gone top
finish top
[ "$ENDED" -eq 1 ] || fail "exit status $ENDED of top"
grep -q "^relaytrap: the instance in $PIN_DIR was unloaded" top.log || fail "top does not say why it ends"
wait_until 20 "events to notice" has_line events 'the instance was unloaded'
running events || fail "events does not wait for the next instance"
