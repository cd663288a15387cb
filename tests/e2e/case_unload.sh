#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# unload, and the end of a top that watched by itself, leave no program, map, link or pin.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need bpftool
begin
lab 25
before=$(bpf_objects)
python_server proxy proxy.py
watch_ports --port 6515
load --connections 20
expect 'accepts == 20'
stop relaytrap
! nothing_new "$before" || fail "the counters did not outlive the program"
unload
[ ! -e "$PIN_DIR" ] || fail "$PIN_DIR is still there"
wait_until 10 "the kernel to be as it was" nothing_new "$before"

"$RELAYTRAP" top -b -n 1 --pin-dir "$PIN_DIR" >top.out
[ ! -e "$PIN_DIR" ] || fail "top has pinned something"
wait_until 10 "the kernel to be as it was" nothing_new "$before"
unload >again.out 2>&1 || fail "unload of nothing: $(cat again.out)"
