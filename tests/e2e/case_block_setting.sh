#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The setting block: ordered at the start, so that it outlives what is pinned; a reload follows it; an operator's stays.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

# "6515 settings null", one block in force a line: port, origin, end.
in_force() {
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" |
		jq -r '.guard | sort_by(.port)[] | select(.in_force) | "\(.port) \(.origin) \(.expires)"'
}

configure() { # line…
	printf '%s\n' "$@" >relaytrap.conf
	chmod 644 relaytrap.conf
}

reload() { # pattern of the answer
	: >relaytrap.log
	kill -HUP "${RT_PIDS[relaytrap]}"
	wait_until 10 "'$1' to be told" has_line relaytrap "$1"
}

need jq
begin
lab_up "$RT_ID"
daemon=(--netns "/run/netns/${LAB_NAME}host" --interval 200ms --config relaytrap.conf)

# In observe, by itself: the order is the operator's, who wrote it down.
configure 'block = 6515,8000-8001' 'block = 9000'
watch_ports "${daemon[@]}"
is $'6515 settings null\n8000 settings null\n8001 settings null\n9000 settings null' "blocked at the start" in_force
is generic "the guard" stands client
knock "$LAB_HOST4,$LAB_HOST6" 6515 5
is 10 "requests counted" blocked 6515 syns

# A reload: what is named no more is lifted, but what an operator has ordered.
guard block 25,8001 >block.out
grep -q '^blocked: 25$' block.out || fail "block says: $(cat block.out)"
is $'6515 settings null\n8000 settings null\n8001 operator null\n9000 settings null' "an operator's" eval 'in_force | grep -v ^25'
configure 'block = 9000,9001'
reload 'port 6515, blocked by the settings, is blocked no more: they name it no more'
is $'25 operator null\n8001 operator null\n9000 settings null\n9001 settings null' "blocked after a reload" in_force
unblocked=$(guard unblock 25,8001,9000)
[ "$unblocked" = $'unblocked: 25,8001\nunblocked, until the settings that block it are read again: 9000' ] ||
	fail "unblock says: $unblocked"
is '9001 settings null' "blocked then" in_force
reload 'settings read again'
is $'9000 settings null\n9001 settings null' "blocked when they were read again" in_force

# What may lock the operator out, and what is too much, is refused whole.
configure 'block = 20-30'
reload 'block: port 22 is .* --force 22; the settings stay as they were'
configure 'block = 1000-1300'
reload 'relaytrap.conf:1: block: 301 ports are more than can be blocked, 255; the settings stay as they were'
is $'9000 settings null\n9001 settings null' "blocked after refusals" in_force
stop relaytrap
refused 2 'block: port 22 is' "$RELAYTRAP" run --pin-dir "$PIN_DIR" --block 22
refused 2 'block: port 2222 is .*your own remote session' \
	env SSH_CONNECTION='192.0.2.7 50000 192.0.2.1 2222' "$RELAYTRAP" run --pin-dir "$PIN_DIR" --block 2222

# Nothing pinned is left, as after a reboot: the next start orders it again.
configure 'block = 6515'
unload
watch_ports "${daemon[@]}"
is '6515 settings null' "blocked when nothing was left" in_force
is generic "the guard then" stands client
knock "$LAB_HOST4" 6515 5
is 5 "requests counted then" blocked 6515 syns
stop relaytrap
RELAYTRAP_BLOCK=6516 watch_ports "${daemon[@]}"
is '6516 settings null' "blocked by the environment" in_force
stop relaytrap
unload

configure 'block = 6515' 'mode = dry-run'
watch_ports "${daemon[@]}"
is generic "the guard in a dry run" stands client
knock "$LAB_HOST4" 6515 5
is 5 "dry run: requests that would be dropped" blocked 6515 would_drop_syns
is 0 "dry run: requests dropped" blocked 6515 syns
configure
reload 'settings read again'
is '' "blocked when no setting says so" in_force
