#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The guard tells the host's own connections from those it accepted, or was about to, when both have a blocked local port.
# matrix: yes
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Ends that nobody answers any more stay in this state for minutes.
none_waits() { # state
	[ -z "$(lab_in client ss -Htn state "$1" sport = :2500)" ]
}

begin
need jq ss
lab_up "$RT_ID"
"$RT_PY/guard_replies.py" "/run/netns/${LAB_NAME}host" "/run/netns/${LAB_NAME}client" \
	"$RELAYTRAP" block 6515-6523 --pin-dir "$PIN_DIR" --netns "/run/netns/${LAB_NAME}host"
wait_until 20 "the far ends to be closed" none_waits last-ack
"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" >status.json
jq -e '[.guard[] | select(.port | IN(6515, 6516, 6519, 6520, 6521, 6522, 6523)).packets] | length == 7 and all(. > 0)' \
	status.json >/dev/null || fail "nothing was dropped at a port: $(cat status.json)"
