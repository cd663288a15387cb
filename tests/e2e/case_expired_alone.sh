#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A containment whose time is over refuses nothing, though no daemon is there to end it.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
compiled_server relay thread_relay
# The clients are allowed: the block, which stays until the next daemon, is not asked for here.
watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --mode enforce --fuse 2 --window 1h --expire 3s \
	--interval 200ms --allow 10.77.1.0/24
load --connections 10 --targets 198.18.0.1+10 --may-fail
wait_until 20 "the containment" has_line relaytrap 'is contained for 3s: its fuse of 2 has blown'
stop relaytrap
goes_on() {
	load --connections 1 --targets 198.18.1.1 --may-fail
	[ "$(jq .failed client.json)" = 0 ]
}
wait_until 60 "connects to go out again" goes_on
