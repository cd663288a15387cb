#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# SIGKILL at any system call of loading and pinning leaves nothing, or a complete instance.
# A sample of them, always the same; KILL_OFFSET=N takes another one.
# timeout: 600
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

nth() { # pattern: the number of the first such call
	awk -v pattern="$1" '/\(/ { count++; if ($0 ~ pattern) { print count; exit } }' calls.txt
}

kill_at() { # which call
	die /dev/null "$calls:signal=KILL:when=$1"
	if [ -e "$PIN_DIR" ]; then
		"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" >status.json || fail "half an instance after call $1"
		unload
	fi
	wait_until 20 "the kernel to be as it was, after call $1" nothing_new "$before"
	wait_until 20 "the pins to go, after call $1" test ! -e "$PIN_DIR-unfinished"
}

# A whole start, killed at the first wait between two looks at the counters.
die calls.txt poll:signal=KILL
unload
pinning=$(nth '^mkdir.*-unfinished')
pinned=$(nth '^rename')
[ "$pinned" -gt $((pinning + 30)) ] || fail "calls $pinning to $pinned are too few to be those that pin"
offset=${KILL_OFFSET:-0}
echo "KILL_OFFSET=$offset"
step=$((pinning / 6))
for ((call = 1 + offset % step; call < pinning; call += step)); do
	kill_at "$call"
done
for ((call = pinning + offset % 6; call < pinned; call += 6)); do
	kill_at "$call"
done
for ((call = pinned; call <= pinned + 2; call++)); do
	kill_at "$call"
done
