#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# b, u and r in top: each asks, says what it will do, and does it; the clients tell.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/terminal.sh
. "$RT_ROOT/tests/e2e/terminal.sh"

reaches() { # port
	lab_in client timeout "${2:-$(patience 5)}" bash -c "exec 3<>/dev/tcp/10.77.0.254/$1" 2>/dev/null
}

reaches_not() { # port
	lab_in client "$RT_PY/knock.py" 10.77.0.254 "$1" 1
	! reaches "$1" 1
}

begin
lab 25
watch_ports --port 6515,22 --interval 200ms --netns "/run/netns/${LAB_NAME}host"
python_server agent proxy.py --name myAgtSvc
python_server shell proxy.py --name shell --listen 0.0.0.0:22
load --connections 40 --targets 198.18.0.1+40
terminal_open 80 24
top_open -d 0.2 --netns "/run/netns/${LAB_NAME}host"
shows '! relaying +myAgtSvc'

# Anything but a yes changes nothing
keys b
shows 'Block port 6515 of myAgtSvc\?'
keys Enter
shows '^nothing was changed'
reaches 6515 || fail "blocked without a yes"
keys u
shows '! none of its ports is blocked'
keys r
shows '! it is not contained'

keys b y
shows '^blocked port 6515'
shows '^Guard +port 6515 blocked on '
reaches_not 6515 || fail "reached although it is blocked"
reaches 22 || fail "a port that nobody blocked is not reached"
keys Enter
shows 'port 6515 is blocked by the operator for '
shows 'packets [1-9]'
keys Escape b
shows '! all its ports are blocked already'
"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq -e '.guard[] | select(.port == 6515 and .origin == "operator")' >/dev/null ||
	fail "status does not know of the block"
keys u
shows 'Unblock port 6515 of myAgtSvc\?'
keys y
shows '^unblocked port 6515'
shows '^Guard +nothing is blocked'
reaches 6515 || fail "not reached again"

# The port that an operator comes in on
keys j
selects 'shell'
keys b y
shows '! port 22 is the one that'
reaches 22 || fail "blocked in spite of the refusal"
keys q
top_ended
stop relaytrap

# What the engine contained is released
watch_ports --port 6515,22 --interval 200ms --netns "/run/netns/${LAB_NAME}host" --mode enforce
top_open -d 0.2 --netns "/run/netns/${LAB_NAME}host"
shows '^Mode +enforce'
shows '# contained +myAgtSvc'
keys Enter
shows '^ Now it is +contained by the engine for '
shows 'port 6515 is blocked by the engine for '
reaches_not 6515 || fail "reached although it is contained"
keys r
shows 'Release myAgtSvc\?'
keys y
shows '^released myAgtSvc'
shows '! relaying +myAgtSvc'
shows 'not contained it: an operator has released it'
reaches 6515 || fail "not reached again"
