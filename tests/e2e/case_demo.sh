#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The demo shows the table filling up, ends by itself, and cleans up, also when it is interrupted.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

nothing_of_demo() { # pid
	! ip netns list | grep -q "^rtdemo$1" && [ ! -e "/sys/fs/bpf/relaytrap-demo$1" ]
}

begin
export RELAYTRAP DEMO_SECONDS=5
start - demo "$RT_ROOT/scripts/demo.sh"
pid=${RT_PIDS[demo]}
finish demo
[ "$ENDED" -eq 0 ] || fail "the demo failed: exit status $ENDED"
[ "$(grep -c '^myAgtSvc .*6515' demo.log)" -ge 4 ] || fail "the agent is not in each table"
mails=$(sed -n 's/^demo: the sinks took \([0-9]*\) mails.*/\1/p' demo.log)
[ "$mails" = 210 ] || fail "$mails mails, where 2 were to be sent as a test, and 208 as spam"
nothing_of_demo "$pid" || fail "the demo has left something"

DEMO_SECONDS=60 start - demo "$RT_ROOT/scripts/demo.sh"
pid=${RT_PIDS[demo]}
wait_until 20 "the table" has_line demo '^myAgtSvc'
stop demo TERM
[ "$ENDED" -eq 143 ] || fail "exit status $ENDED after SIGTERM"
nothing_of_demo "$pid" || fail "the demo has left something when interrupted"
