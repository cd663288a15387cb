#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Many connects before the first read of the process: all of them are its own and its service's, later.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

connected() { # number
	[ "$(lab_in host ss -Htn dst 198.18.0.1 | wc -l)" -eq "$1" ]
}

begin
lab 25
for connections in 10 100; do
	watch_ports --port 6515
	python_server relay relay.py --fixed 198.18.0.1:25
	load_and_hold connected --mode plain --connections $connections --targets 198.18.0.1
	wait_until 20 "the relay to connect" connected $connections
	release
	expect_relay "accepts == $connections" "process('relay').connects == $connections" 'fan_out == 1'
	end_round relay
done
