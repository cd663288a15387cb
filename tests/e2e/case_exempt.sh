#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Never contained, and an event says why: the ssh server, what is exempt by path, unit, cgroup, user; in observe, nothing.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/judge.sh
. "$RT_ROOT/tests/e2e/judge.sh"

begin
need ssh ssh-keygen /usr/sbin/sshd
lab 8080
watch() { # option…
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms "$@"
}
has_no_fuse() {
	bpftool -j map dump pinned "$PIN_DIR/containments" | jq -e 'any(.[]; .formatted.value.exempt == 1)' >/dev/null
}
go_around() {
	load --connections 40 --targets 198.18.0.1+40 --port 8080 --patience 30 --may-fail
	expect 'fan_out == 40' "verdict == 'relaying'"
}
spared() { # reason
	wait_until 10 "the event" has_line relaytrap "on port 6515 (pid [0-9]*) is not contained: $1"
	sleep 0.5 # three more looks
	[ "$(grep -c 'is not contained' relaytrap.log)" = 1 ] || fail "told again and again"
	expect "not_contained != ''" 'refused_connects == 0'
	! grep -q 'is contained' relaytrap.log || fail "contained all the same"
}
cgroup=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)/$RT_ID/system.slice/x.service
mkdir -p "$cgroup"

for exempt in "$(realpath /usr/bin/python3)" unit:x "cgroup:/$RT_ID" user:daemon; do
	watch --mode enforce --exempt "$exempt"
	python_server relay relay.py
	echo "${RT_PIDS[relay]}" >"$cgroup/cgroup.procs"
	if [ "$exempt" = user:daemon ]; then
		stop relay KILL 2>/dev/null
		lab_server host relay setpriv --reuid daemon --clear-groups "$RT_PY/relay.py"
	fi
	go_around
	spared "pid [0-9]* is exempt ($exempt)"
	end_round relay 2>/dev/null
done

# In observe the engine does nothing, whatever else is set.
watch --mode observe --fuse 5
python_server relay relay.py
go_around
expect 'hasattr(on(6515), "containment") == False' 'refused_connects == 0' 'would_refuse == 0' 'document.guard == []'
! grep -q contained relaytrap.log || fail "the engine acts in observe"
end_round relay 2>/dev/null

# The ssh server that serves a session, through which somebody forwards to anywhere; not even a fuse stops it.
watch --mode enforce --fuse 5 --port 22
ssh_server
wait_until 5 "its exemption" has_no_fuse
start client tunnel "${SSH[@]}" -N -D 127.0.0.1:1080
wait_until 20 "the tunnel" listening client 1080
lab_in client "$RT_PY/load.py" --out client.json --mode socks5 --proxy 127.0.0.1:1080 --sources '' \
	--connections 60 --targets 198.18.0.1+60 --port 8080 --rate 50
wait_until 10 "the event" has_line relaytrap 'sshd on port 22 (pid [0-9]*) is not contained: it is the ssh server'
expect --port 22 "verdict == 'relaying'" 'refused_connects == 0' 'fan_out == 60' 'document.guard == []'
timeout "$(patience 20)" nsenter --net="/run/netns/${LAB_NAME}client" "${SSH[@]}" true || fail "the operator is locked out"
