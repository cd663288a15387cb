#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Names with escapes, quotes, line ends and invalid UTF-8 break neither the JSON nor the table.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
name=$'\e[2J"\n\\\xff\t<a>'
cp "$RT_TOOLS/thread_relay" "$name"
watch_ports --port 6515
server hostile "$RT_TMP/$name"
load --connections 20
expect 'accepts == 20' 'len(processes) == 1' 'processes[0].accepts == 20' 'processes[0].comm.isprintable() == True' \
	'processes[0].exe.isprintable() == True' 'label.isprintable() == True'
"$RELAYTRAP" top -b -n 2 --interval 200ms --pin-dir "$PIN_DIR" >table.txt
"$RELAYTRAP" status --pin-dir "$PIN_DIR" >>table.txt
grep -q 6515 table.txt || fail "the service is not in the table: $(cat table.txt)"
if LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]' table.txt; then fail "control bytes in the table: $(cat -v table.txt)"; fi
iconv -f UTF-8 -t UTF-8 table.txt >valid.txt || fail "the table is not UTF-8"
