#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The service manager is told when it counts, reloads, stops, and that it lives, by path and by abstract name.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
told() { # how often at least, pattern
	[ "$(grep -cE "$2" manager.log)" -ge "$1" ]
}
timers() {
	find "/proc/${RT_PIDS[relaytrap]}/fd" -lname '*timerfd*' | wc -l
}
run() { # name of the socket, option…
	start - manager "$RT_PY/notified.py" "$1"
	wait_until 10 "the manager" has_line manager '^ready'
	export NOTIFY_SOCKET=$1 WATCHDOG_USEC=400000
	watch_ports --config relaytrap.conf --interval 1h "${@:2}"
	unset NOTIFY_SOCKET WATCHDOG_USEC
	wait_until 10 "word that it counts" told 1 '^READY=1$'
	wait_until 10 "its status" told 1 '^STATUS=observe, port 6515: [0-9]'
}

printf 'port = 6515\n' >relaytrap.conf
run "$RT_TMP/manager.socket"
# It looks once an hour, and gives a sign of life all the same.
[ "$(timers)" -eq 2 ] || fail "no timer for signs of life"
wait_until 10 "signs of life" told 3 '^WATCHDOG=1$'
for answer in 'port = 9' 'nonsense = 1'; do
	before=$(grep -c '^READY=1' manager.log)
	echo "$answer" >relaytrap.conf
	kill -HUP "${RT_PIDS[relaytrap]}"
	wait_until 10 "the end of the reload" told "$((before + 1))" '^READY=1$'
done
told 2 '^RELOADING=1 MONOTONIC_USEC=[1-9][0-9]*$' || fail "no word of a reload"
told 1 '^STATUS=observe, port 9: ' || fail "the status is that before the reload"
stop relaytrap
[ "$ENDED" -eq 0 ] || fail "exit status $ENDED"
wait_until 10 "word that it stops" told 1 '^STOPPING=1$'
[ "$(tail -n 1 manager.log)" = STOPPING=1 ] || fail "something after the end"
stop manager

printf 'port = 6515\n' >relaytrap.conf
# An abstract name; and what is meant for another process is none of its business.
export WATCHDOG_PID=1
run "@relaytrap-$RT_ID"
unset WATCHDOG_PID
[ "$(timers)" -eq 1 ] || fail "it heeds another process's watchdog"
stop relaytrap
wait_until 10 "word that it stops" told 1 '^STOPPING=1$'
NOTIFY_SOCKET=relative refused 1 'NOTIFY_SOCKET is neither .*; unset it' "$RELAYTRAP" run --pin-dir "$PIN_DIR"
