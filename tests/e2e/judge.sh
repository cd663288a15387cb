#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What the cases about verdicts share, on top of lib.sh. Sourced.
#
# RT_TABLE: file to which each program adds its row of the table in docs/detection.md; none by default.
# RT_RECORDINGS: folder for a recording of each daemon's input; none by default.

set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

RT_JUDGES=0

# The daemon at default settings, for the lab's host alone.
judge() { # port, option…
	local name
	name=${0##*/case_}
	watch_ports --port "$1" --netns "/run/netns/${LAB_NAME}host" \
		${RT_RECORDINGS:+--record "$RT_RECORDINGS/${name%.sh}-$((++RT_JUDGES)).rec"} "${@:2}"
}

# Follows a verdict, for the table; every change is in verdicts.log.
follow() { # program, option of verdicts.py…
	echo "$1:"
	start - verdicts "$RT_PY/verdicts.py" --status "$RELAYTRAP status --json --pin-dir $PIN_DIR" \
		${RT_TABLE:+--table "$RT_TABLE"} "${@:2}" "$1"
}

judged() {
	stop verdicts
	[ "$ENDED" -eq 0 ] || fail "$(tail -n 1 verdicts.log)"
}

# Once the last of these upstreams has been served, and without another one, the service is called relaying.
relaying() { # program, port, number of upstreams, command that has them served…
	follow "$1" --port "$2"
	"${@:4}"
	expect --port "$2" "verdict == 'relaying'" "sink.targets == $3" \
		'connects == sink.connections + hops' || fail "$1 is not called relaying"
	judged
}

# A relay from start to end; the 25th upstream, or what UPSTREAMS says, is the last.
relay() { # program, command that starts it under the name "relay", argument of load…
	local upstreams=${UPSTREAMS:-25}
	judge 6515
	# shellcheck disable=SC2086 # several words
	$2
	relaying "$1" 6515 "$upstreams" load --connections "$upstreams" --targets "198.18.0.1+$upstreams" --port 8080 \
		--rate 50 "${@:3}"
	end_round relay
}

# The far end of honest servers.
world() { # option of world.py…
	lab_up "$RT_ID"
	lab_server internet world "$RT_PY/world.py" --log sinks.json "$@"
}

# From here on the verdict must not rise above this; "judged" says whether it did.
honest() { # program, option of verdicts.py…
	follow "$1" --linger 2.5 --at-most forwarding "${@:2}"
}

# Requests to a server of the lab's host, one after the other, each on a connection of its own.
browse() { # requests a second, path, with a range in brackets for as many requests
	lab_in client curl -sS -o /dev/null --rate "$1/s" -H 'Connection: close' "http://10.77.0.254:6515$2"
}

# A real sshd on port 22, with keys of its own, and nothing but the folder of the test.
ssh_server() {
	ssh-keygen -q -t ed25519 -N '' -f host_key
	ssh-keygen -q -t ed25519 -N '' -f key
	cat >sshd.conf <<-END
		ListenAddress 10.77.0.254:22
		HostKey $RT_TMP/host_key
		AuthorizedKeysFile $RT_TMP/key.pub
		StrictModes no
		UsePAM no
		PidFile none
		PermitRootLogin yes
	END
	# shellcheck disable=SC2016 # expanded by the inner shell
	SERVER_PORT=22 server sshd unshare --mount sh -c \
		'mount -t tmpfs none /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f "$1"' sh "$RT_TMP/sshd.conf"
}

# The client of it; to be run in the lab.
# shellcheck disable=SC2034 # the cases use it
SSH=(ssh -F none -i key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
	-o LogLevel=ERROR root@10.77.0.254)
