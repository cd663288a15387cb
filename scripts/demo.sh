#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh: replays the incident in network namespaces, and shows it live; ends by itself after half a minute.
#
# An agent with an open proxy on port 6515, first used by its own network as intended, then found by a
# spammer, who reaches some hundred mail servers through it. DEMO_SECONDS changes the length.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
relaytrap=${RELAYTRAP:-$root/build/relaytrap}
tools=$root/tests/e2e/tools
seconds=${DEMO_SECONDS:-30}
story=
pin_dir=/sys/fs/bpf/relaytrap-demo$$
# shellcheck source=scripts/lab.sh
. scripts/lab.sh

cleanup() {
	local status=$? pids
	trap - EXIT
	trap '' INT TERM
	mapfile -t pids < <(jobs -p)
	{
		[ -z "$story" ] || kill -- "-$story"
		[ "${#pids[@]}" -eq 0 ] || kill "${pids[@]}"
		wait
	} 2>/dev/null || true
	"$relaytrap" unload --pin-dir "$pin_dir" >/dev/null 2>&1 || true
	lab_down
	rm -rf "$scratch"
	exit "$status"
}

# A program of the lab, in the background, out of reach of the terminal's Ctrl-C.
play() { # role, name, command…
	local role=$1 log=$scratch/$2.log
	shift 2
	setsid nsenter --net="/run/netns/$LAB_NAME$role" -- "$@" >"$log" 2>&1 &
}

wait_for() { # pattern, log
	local i
	for ((i = 0; i < 1500; i++)); do
		! grep -qs "$1" "$scratch/$2.log" || return 0
		sleep 0.02
	done
	echo "demo: $2 did not start: $(tail -n 3 "$scratch/$2.log")" >&2
	exit 1
}

clients() { # name, argument of load.py…
	play client "$1" "$tools/load.py" --out "$scratch/$1.json" --may-fail "${@:2}"
}

# What happens, in the order of the incident; told in seconds of a demo of thirty.
story() {
	local at tenth
	tenth=$(awk "BEGIN { print $seconds / 10 }")
	clients peers --method GET --receive 0 --connections $((seconds * 2)) --rate 2 --sources 10.77.1.240+8
	sleep "$tenth"
	clients probe --connections $((seconds / 2)) --rate 5 --sources 10.77.1.200 --targets 198.18.0.1
	sleep "$tenth"
	for at in {1..7}; do
		clients "spam$at" --connections $((seconds * at * 3 / 2)) --rate $((at * 15)) --sources "10.77.1.$((at * 6))+6" \
			--targets 198.18.0.1+120 --send 20000
		sleep "$tenth"
	done
	wait
}

mails() {
	grep -c . "$scratch/sinks.json" || true
}

# A sink writes of a connection when it has ended.
story_end() {
	local relayed i
	wait "$story"
	relayed=$(grep -ho '"relayed": [0-9]*' "$scratch"/{probe,spam?}.json | awk '{ sum += $2 } END { print sum }')
	for ((i = 0; i < 1500 && $(mails) < relayed; i++)); do
		sleep 0.02
	done
}

(( EUID == 0 )) || { echo "demo: makes network namespaces; run it as root" >&2; exit 1; }
[ -x "$relaytrap" ] || { echo "demo: $relaytrap is not built; run make" >&2; exit 1; }
mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf
export PYTHONDONTWRITEBYTECODE=1
scratch=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
lab_up "rtdemo$$"
play internet sinks "$tools/sink.py" --log "$scratch/sinks.json" 25
play host agent "$tools/proxy.py" --name myAgtSvc
wait_for ready sinks
wait_for ready agent
setsid "$relaytrap" run --port 6515 --netns "/run/netns/${LAB_NAME}host" --pin-dir "$pin_dir" 2>"$scratch/relaytrap.log" &
wait_for '^relaytrap: counting' relaytrap
set -m # a process group of its own, so that it ends as a whole
story &
story=$!
set +m
batch=()
[ -t 1 ] || batch=(--batch)
# In the background, since a trap waits for what runs in the foreground.
"$relaytrap" top "${batch[@]}" --pin-dir "$pin_dir" --iterations "$seconds" <&0 &
wait $!
# On a slow machine the clients are not done yet; who watches ends it when they like.
[ -t 1 ] || story_end
echo "demo: the sinks took $(mails) mails that went through the proxy"
