#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# check: all is well here; what is missing is named, and fails it; what is odd is named, and does not.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need setpriv bpftool
begin
check() { # exit status, pattern of a line, [command before it…]
	local status=0
	"${@:3}" "$RELAYTRAP" check --pin-dir "$PIN_DIR" >check.out 2>check.err || status=$?
	[ "$status" -eq "$1" ] || fail "exit status $status, not $1: $(cat check.out check.err)"
	grep -q "$2" check.out || fail "no '$2' in: $(cat check.out)"
}

check 0 '^ok  *program state_changed at tp_btf/inet_sock_set_state$'
check 0 '^ok  *CAP_NET_ADMIN, kept while running to '
! grep -q CAP_SYS_ADMIN check.out || fail "a capability that mode observe does not need"
[ ! -e "$PIN_DIR" ] || fail "something is pinned"
check 0 '^ok  *CAP_SYS_ADMIN, kept while running to ' env RELAYTRAP_MODE=enforce
check 0 '^warning  *exempt: nothing is' env RELAYTRAP_MODE=enforce
check 0 '^warning  *interface: there is no rtnone now' env RELAYTRAP_INTERFACE=rtnone
check 0 "^warning  *prom_dir: $RT_TMP/none is no folder" env RELAYTRAP_PROM_DIR="$RT_TMP/none"
check 1 '^MISSING  *CAP_SYS_PTRACE, .*: this process does not have it$' setpriv --bounding-set -sys_ptrace
grep -q '^relaytrap: 1 of the ' check.err || fail "standard error: $(cat check.err)"
PIN_DIR=$RT_TMP/pins check 1 "^MISSING  *bpf file system for $RT_TMP/pins: .* is not a bpf file system; mount one with 'mount -t bpf -o mode=700 "

mkdir "$PIN_DIR"
bpftool map create "$PIN_DIR/settings" type array key 4 value 64 entries 1 name settings
check 1 '^MISSING  *what is pinned: .* another layout; remove it with'
unload
watch_ports --port 6515
check 0 '^ok  *what is pinned$'
rm "$PIN_DIR/data_read"
check 0 '^warning  *1 hooks are missing among the pins; the next start attaches them$'
stop relaytrap
watch_ports --port 6515
check 0 '^ok  *what is pinned$'
! grep -q '^warning .*hooks' check.out || fail "not attached again: $(cat check.out)"
