#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Connections accepted by io_uring: single-shot, multishot, and into direct descriptors.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ "$(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null || echo 0)" = 0 ] || skip "io_uring is disabled here"
begin
lab 25
for mode in single multishot direct; do
	watch_ports --port 6515
	compiled_server relay uring_relay $mode
	load --connections 300
	expect_relay "comms() == ['uring_relay']" "process('uring_relay').accepts == accepts" \
		"process('uring_relay').connects == connects"
	end_round relay
done
