#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A look that fails is told and counted, and the next goes on; many in a row end the daemon.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need strace
begin
touch empty.conf
# SIGHUP brings about one look, and nothing else does.
watch_ports --port 6515 --interval 1h --config empty.conf
daemon=${RT_PIDS[relaytrap]}
read_again() {
	[ "$(grep -c 'settings' relaytrap.log)" -ge "$1" ]
}
look() {
	local before
	before=$(grep -c 'settings' relaytrap.log) || true
	kill -HUP "$daemon"
	wait_until 20 "the daemon to look" read_again $((before + 1))
}
failed_looks() { # number
	[ "$("$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq .lost.failed_looks)" = "$1" ]
}
no_memory() { # as if the kernel had none, until strace ends
	start - strace strace -p "$daemon" -e trace=bpf -e inject=bpf:error=ENOMEM
	wait_until 20 "strace" has_line strace attached
}

look
no_memory
look
wait_until 20 "the failure to be told" has_line relaytrap 'a look failed: .*Cannot allocate memory'
look
stop strace INT
failed_looks 0 || fail "a failed look was counted in vain"
look
wait_until 20 "the failures to be counted" failed_looks 2
no_memory
for _ in 1 2 3 4 5; do
	look
done
wait_until 20 "the daemon to end" gone relaytrap
stop strace INT
finish relaytrap
[ "$ENDED" -eq 1 ] || fail "exit status $ENDED"
[ "$(grep -c 'a look failed' relaytrap.log)" -eq 2 ] || fail "not told once for each spell"
