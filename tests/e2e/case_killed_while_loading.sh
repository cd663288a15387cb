#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# SIGKILL at any system call of loading and pinning leaves nothing, or a complete instance.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need strace bpftool
begin
calls=bpf,perf_event_open,mkdir,mkdirat,rename,renameat,renameat2,fork,clone,clone3,flock,poll
run=("$RELAYTRAP" run --pin-dir "$PIN_DIR")
before=$(bpf_objects)

die() { # file for the calls, what strace injects
	{
		strace -qq -o "$1" -e "trace=$calls" -e "inject=$2" "${run[@]}" || true # it ends as what it kills
	} 2>killed.log # bash says "Killed" there too
}

# How many calls a whole start takes; it is killed at the first wait between two looks at the counters.
die calls.txt poll:signal=KILL
total=$(grep -c '(' calls.txt)
[ "$total" -gt 40 ] || fail "only $total calls seen"
unload

kill_at() { # which call
	die /dev/null "$calls:signal=KILL:when=$1"
	if [ -e "$PIN_DIR" ]; then
		"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" >status.json || fail "half an instance after call $1"
		unload
	fi
	wait_until 10 "the kernel to be as it was, after call $1" nothing_new "$before"
	wait_until 10 "the pins to go, after call $1" test ! -e "$PIN_DIR.new"
}

# Some of the calls that load, all of those that pin.
for ((call = 1; call <= total; call += (call < total - 60 ? total / 25 : 1))); do
	kill_at "$call"
done
