#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# An exemption cannot be borrowed: not from the local ssh server that a client asks the proxy for, not from an exempt
# program that the proxy starts, not by a program that calls itself sshd in a mount namespace of its own.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/judge.sh
. "$RT_ROOT/tests/e2e/judge.sh"

begin
need ssh-keygen /usr/sbin/sshd
lab 25
# A client that says this to the proxy, and stays.
guest() { # name, text, more text from then on
	# shellcheck disable=SC2016 # expanded by the inner shell
	start client "$1" bash -c 'exec 3<>/dev/tcp/10.77.0.254/6515; printf "$1" >&3
		while sleep 0.3; do printf "$2" >&3; done' \
		bash "$2" "$3"
}
member() { # name, role
	expect --for 20 "any(p.comm == '$1' and p.role == '$2' for p in processes) == True"
}
stopped_at_5() { # what
	sleep 0.6 # three looks
	load --connections 40 --parallel 40 --targets 198.18.0.1+40 --patience 1 --may-fail
	expect --for 20 "verdict == 'contained'" 'containment.fuse == 5' 'refused_connects > 0'
	sleep 0.6 # three more looks
	expect 'connects - hops == 5' "verdict == 'contained'"
	! grep -q 'is not contained\|contained no more' relaytrap.log || fail "$1: $(grep 'not contained\|no more' relaytrap.log)"
	echo "ok  $1"
}
watch=(--port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce --fuse 5)

watch_ports "${watch[@]}"
# shellcheck disable=SC2016 # expanded by the inner shell
lab_server host proxy unshare --mount sh -c 'mount --bind "$1" /usr/sbin/sshd && exec /usr/sbin/sshd "$2"' sh \
	"$(realpath /usr/bin/python3)" "$RT_PY/proxy.py"
[ "$(readlink "/proc/${RT_PIDS[proxy]}/exe")" = /usr/sbin/sshd ] || fail "the path is not imitated"
stopped_at_5 "a program is called /usr/sbin/sshd"
end_round proxy 2>/dev/null

tail=$(realpath /usr/bin/tail)
ssh_server
watch_ports "${watch[@]}" --exempt "$tail" --allow 10.77.0.254
python_server proxy proxy.py
guest tail_guest "LEND $tail HTTP/1.1\r\n\r\n" 'something to read'
member tail reader
guest ssh_guest 'CONNECT 10.77.0.254:22 HTTP/1.1\r\n\r\nSSH-2.0-guest\r\n' ''
member sshd hop
stopped_at_5 "an exempt program and the ssh server read connections"
