#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# top on terminals of every kind, with names that try to steer them; and its output where there is none.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/terminal.sh
. "$RT_ROOT/tests/e2e/terminal.sh"

begin
lab 25
name=$'\e[2J"\n\\\xff\t<a>'
cp "$RT_TOOLS/thread_relay" "$name"
watch_ports --port 6515 --interval 200ms --netns "/run/netns/${LAB_NAME}host"
server hostile "$RT_TMP/$name"
load --connections 30 --targets 198.18.0.1+30
terminal_open 100 30

# A hostile name is shown in letters, wherever it stands
top_open -d 0.2
shows '! relaying +\\x1b\[2J"\\x0a\\\\\\xff'
keys Right c Enter
shows '^ Processes .*\\x1b\[2J"\\x0a'
[ "$(screen | grep -c .)" -ge 25 ] || fail "the name has cleared the screen: $(screen)"
keys b
shows 'Block port 6515 of \\x1b\[2J"\\x0a'
keys n
# Colours: red stands there, and a sign beside it
screen -e | grep $'\e\\[[0-9;]*31m.*! relaying' >/dev/null || fail "no red: $(screen -e)"
keys q
top_ended

typed "export NO_COLOR=1"
keys Enter
top_open
shows '! relaying'
! screen -e | grep $'\e\\[[0-9;]*3[1-7]m' >/dev/null || fail "colours in spite of NO_COLOR"
keys q
top_ended

# A locale without UTF-8 gets ASCII, sparks too
typed "export LC_ALL=C"
keys Enter
top_open
keys Enter
shows '^ fan-out .*#+ +30$'
! screen | LC_ALL=C grep '[^ -~]' >/dev/null || fail "more than ASCII: $(screen)"
keys q
top_ended

# A terminal that cannot, and none at all: tables, and why
typed "clear; TERM=dumb '$RELAYTRAP' top -n 1 --pin-dir $PIN_DIR"
keys Enter
shows 'printing tables instead'
shows '^ready> *$'
typed "clear; TERM=nonsense '$RELAYTRAP' top -n 1 --pin-dir $PIN_DIR"
keys Enter
shows 'TERM is unknown here'
"$RELAYTRAP" top -n 1 --pin-dir "$PIN_DIR" </dev/null >table.txt 2>table.err
grep -q 'relaying' table.txt || fail "no table: $(cat table.txt)"
pid=$(listener 6515)
"$RELAYTRAP" top -b -n 1 -p "$pid" --pin-dir "$PIN_DIR" >table.txt
grep -q "^ *$pid " table.txt || fail "process $pid is not shown"
"$RELAYTRAP" top -b -n 1 -p 1 --pin-dir "$PIN_DIR" >table.txt
! grep -q relaying table.txt || fail "shown, though only process 1 was asked for: $(cat table.txt)"
