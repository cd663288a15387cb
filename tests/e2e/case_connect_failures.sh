#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Refused, timed out, unreachable, no route, given up: each a connect, and a failure, once. Not so what was answered.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server relay relay.py
connects=0 failures=0

attempt() { # failures of 20, argument of load…
	connects=$((connects + 20)) failures=$((failures + $1))
	load --may-fail --connections 20 "${@:2}"
	echo "$*:"
	expect "accepts == $connects" "connects == $connects" "connect_failures == $failures" 'open == 0'
}

attempt 20 --targets 198.18.0.1+20 --port 26
attempt 20 --targets 198.18.0.1+20 --port 26 --method NONBLOCK
attempt 20 --targets 192.0.2.1+20
attempt 20 --targets 198.51.100.1+20
attempt 20 --targets 203.0.113.1+20
attempt 20 --targets 192.0.2.1+20 --method ABANDON
attempt 0 --targets 198.18.0.1+20 --method HANG_UP
attempt 0 --targets 198.18.0.1+20
expect 'mail_connects == 120' "process('relay').connects == $connects"
