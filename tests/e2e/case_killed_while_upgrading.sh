#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# SIGKILL at any system call of an upgrade: all is counted once, and the next start, of either build, finishes it.
# A sample of them, always the same; KILL_OFFSET=N takes another one.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need strace bpftool
begin
lab 25
python_server proxy proxy.py
"$RT_PY/other_build.py" "$RELAYTRAP" other 1
options=(--pin-dir "$PIN_DIR" --netns "/run/netns/${LAB_NAME}host")
calls=bpf,mkdir,rename,unlink,rmdir,poll
builds=("$RELAYTRAP" "$RT_TMP/other")
build=0 connections=0

die() { # file for the calls, what strace injects
	{
		strace -qq -o "$1" -e "trace=$calls" -e "inject=$2" "${builds[$build]}" run "${options[@]}" || true
	} 2>killed.log # bash says "Killed" there too
}

nth() { # pattern: the number of the first such call
	awk -v pattern="$1" '/\(/ { count++; if ($0 ~ pattern) { print count; exit } }' calls.txt
}

counted() {
	load --connections 3 --parallel 3
	connections=$((connections + 3))
	expect "accepts == $connections" "connects == $connections" 'connects == sink.connections' >counted.log ||
		fail "$1: $(cat counted.log)"
}

as_many_objects() {
	[ "$(instance_objects | wc -l)" -eq "$objects" ]
}

kill_at() { # which call
	build=$((1 - build))
	die /dev/null "$calls:signal=KILL:when=$1"
	counted "killed at call $1"
	# Sometimes the other build goes on, sometimes the same one.
	[ $(($1 % 3)) -ne 0 ] || build=$((1 - build))
	die /dev/null poll:signal=KILL
	counted "after call $1 and another start"
	wait_until 20 "the rest of what was replaced to go, after call $1" as_many_objects
	[ -z "$(find "$PIN_DIR" -name 'next*')" ] || fail "not finished: $(ls "$PIN_DIR")"
}

die /dev/null poll:signal=KILL
counted "at first"
objects=$(instance_objects | wc -l)
build=1
die calls.txt poll:signal=KILL
counted "after an upgrade"
wait_until 20 "what was replaced to go" as_many_objects
first=$(nth '^mkdir.*next-')
last=$(nth '^rmdir')
[ "$last" -gt $((first + 30)) ] || fail "calls $first to $last are too few to be those of an upgrade"
offset=${KILL_OFFSET:-0}
echo "KILL_OFFSET=$offset: calls $first to $last"
step=$(((last - first) / 5))
for ((call = first + offset % step; call <= last; call += step)); do
	kill_at "$call"
done
