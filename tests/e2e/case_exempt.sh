#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Never contained, and an event says why: the ssh server, what is exempt by path, cgroup and user; in observe, nothing.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
need sshd ssh
lab 8080
watch() { # option…
	watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --min-accepts 10 "$@"
}
relay() {
	load --connections 40 --targets 198.18.0.1+40 --port 8080 --patience 5 --may-fail
	expect 'fan_out == 40' "verdict == 'relaying'"
}
spared() { # reason
	wait_until 10 "the event" has_line relaytrap "relay on port 6515 (pid [0-9]*) is not contained: $1"
	sleep 0.5 # three more looks
	[ "$(grep -c 'is not contained' relaytrap.log)" = 1 ] || fail "told again and again"
	expect "not_contained != ''" 'refused_connects == 0'
	! grep -q 'is contained' relaytrap.log || fail "contained all the same"
}
cgroup=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)/$RT_ID
mkdir "$cgroup"

for exempt in "$(realpath /usr/bin/python3)" "cgroup:/$RT_ID" user:daemon; do
	watch --mode enforce --exempt "$exempt"
	python_server relay relay.py
	echo "${RT_PIDS[relay]}" >"$cgroup/cgroup.procs"
	if [ "$exempt" = user:daemon ]; then
		stop relay KILL 2>/dev/null
		lab_server host relay setpriv --reuid daemon --clear-groups "$RT_PY/relay.py"
	fi
	relay
	spared "pid [0-9]* is exempt ($exempt)"
	end_round relay 2>/dev/null
done

# In observe the engine does nothing, whatever else is set.
watch --mode observe --fuse 5
python_server relay relay.py
relay
expect 'not hasattr(on(6515), "containment")' 'refused_connects == 0' 'would_refuse == 0' 'document.guard == []'
! grep -q contained relaytrap.log || fail "the engine acts in observe"
end_round relay 2>/dev/null

# The ssh server that serves a session, through which somebody forwards to anywhere.
ssh-keygen -q -t ed25519 -N '' -f key
install -m 600 key.pub authorized
mkdir -p /run/sshd
watch --mode enforce
server sshd "$(command -v sshd)" -D -e -p 6515 -h "$PWD/key" -o AuthorizedKeysFile="$PWD/authorized" -o StrictModes=no \
	-o PidFile=none -o UsePAM=no
start client session ssh -N -D 127.0.0.1:1080 -p 6515 -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
	root@10.77.0.254
wait_until 20 "the session" listening client 1080
lab_in client "$RT_PY/load.py" --out client.json --mode socks5 --proxy 127.0.0.1:1080 --sources 127.0.0.1 \
	--connections 60 --targets 198.18.0.1+60 --port 8080
wait_until 10 "the sinks" test "$(wc -l <sinks.json)" -ge 60
expect "verdict != 'contained'"
lab_in client ssh -p 6515 -i key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@10.77.0.254 true ||
	fail "the operator is locked out"
