#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Non-blocking connects, Fast Open on either side: each connection counted once.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
fast_opened() { # role, counter
	lab_in "$1" nstat -saz "TcpExtTCPFastOpen$2" | awk 'END { print $2 }'
}

for argument in '--method NONBLOCK' '--method FASTOPEN' '--fastopen'; do
	watch_ports --port 6515
	python_server relay relay.py
	# shellcheck disable=SC2086 # two words
	load $argument --sources 10.77.1.1+4 --targets 198.18.0.1+20
	expect_relay 'fan_out == 20' 'clients == 4' "process('relay').accepts == accepts"
	end_round relay
done
[ "$(fast_opened host Active)" -gt 100 ] || fail "no SYN of the relay carried data"
[ "$(fast_opened host Passive)" -gt 100 ] || fail "no SYN of the clients carried data"
