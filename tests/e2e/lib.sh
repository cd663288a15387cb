#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What the cases share: the lab, its programs, relaytrap, and the comparison with ground truth. Sourced.
#
# RT_TMP: scratch folder, given by the runner; made and removed here when a case runs alone.
# RT_TIME_SCALE: deadlines are multiplied by it; above 1 the cases use smaller numbers.
# RT_PATIENCE: so are they by this, as others may need the processors too; a deadline only ends what hangs.
# RELAYTRAP: the program under test. RT_TOOLS: the lab's compiled programs.

set -euo pipefail
RT_ROOT=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
RT_PY=$RT_ROOT/tests/e2e/tools
RT_TOOLS=${RT_TOOLS:-$RT_ROOT/build/tools}
RELAYTRAP=$(realpath -m "${RELAYTRAP:-$RT_ROOT/build/relaytrap}")
RT_ID=rt$$
PIN_DIR=/sys/fs/bpf/relaytrap-$RT_ID
export RT_TIME_SCALE=${RT_TIME_SCALE:-1} RT_PATIENCE=${RT_PATIENCE:-3} PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
declare -A RT_PIDS=()
# shellcheck source=scripts/lab.sh
. "$RT_ROOT/scripts/lab.sh"
unset "${!RELAYTRAP_@}"

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

skip() {
	echo "skip: $*" >&2
	exit 77
}

need() { # command…
	local command
	for command; do
		command -v "$command" >/dev/null || skip "$command is not installed"
	done
}

cleanup() {
	local status=$?
	trap - EXIT INT TERM
	set +e
	[ "$status" -eq 0 ] || tail -v -n 20 "$RT_TMP"/*.log >&2 2>/dev/null
	{
		[ "${#RT_PIDS[@]}" -eq 0 ] || kill -KILL "${RT_PIDS[@]}"
		wait
	} 2>/dev/null
	! compgen -G "$PIN_DIR*" >/dev/null || "$RELAYTRAP" unload --pin-dir "$PIN_DIR" >&2 || status=1
	lab_down
	find /sys/fs/cgroup{,/unified}/"$RT_ID"* -depth -type d -exec rmdir {} + 2>/dev/null
	[ -z "${RT_TMP_OWN:-}" ] || rm -rf "$RT_TMP"
	exit "$status"
}

begin() {
	[ "$(id -u)" -eq 0 ] || skip "must be root"
	[ -n "${RT_TMP:-}" ] || RT_TMP=$(mktemp -d) RT_TMP_OWN=yes
	cd "$RT_TMP"
	trap cleanup EXIT
	trap 'exit 143' INT TERM
	[ -x "$RELAYTRAP" ] || fail "$RELAYTRAP is not built: run make"
	mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf
}

# The first number where time runs as usual, the second on a slow machine.
size() { # full, small
	if [ "${RT_TIME_SCALE%.*}" -gt 1 ]; then echo "$2"; else echo "$1"; fi
}

# How many seconds a wait may last that takes so many at most on a quiet machine.
patience() { # seconds
	echo $(($1 * RT_PATIENCE * ${RT_TIME_SCALE%.*}))
}

# Runs a test command again until it succeeds; the whole wait has a deadline.
wait_until() { # seconds, what, command…
	local limit=$((SECONDS + $(patience "$1"))) what=$2
	shift 2
	until "$@"; do
		[ "$SECONDS" -le "$limit" ] || fail "waited in vain for $what"
		sleep 0.02
	done
}

running() { # name
	kill -0 "${RT_PIDS[$1]}" 2>/dev/null
}

has_line() { # name, pattern
	grep -qse "$2" "$RT_TMP/$1.log" && return
	running "$1" || fail "$1 ended without saying '$2'"
	return 1
}

listening() { # role, port
	[ -n "$(lab_in "$1" ss -Hltn "sport = :$2")" ]
}

not_listening() { # role, port
	! listening "$@"
}

gone() { # name
	! running "$1"
}

# Starts a program in the background; its output goes to NAME.log.
start() { # role or "-" for no lab, name, command…
	local role=$1 name=$2
	shift 2
	: >"$RT_TMP/$name.log" # now, not when the program gets to run: an older log is read no more
	if [ "$role" = - ]; then
		"$@" >>"$RT_TMP/$name.log" 2>&1 &
	else
		nsenter --net="/run/netns/$LAB_NAME$role" -- "$@" >>"$RT_TMP/$name.log" 2>&1 &
	fi
	RT_PIDS[$name]=$!
}

# Ends a background program and waits for it; its exit status is left in $ENDED.
stop() { # name, signal
	kill "-${2:-TERM}" "${RT_PIDS[$1]}" 2>/dev/null || true
	finish "$1"
}

finish() { # name
	ENDED=0
	wait "${RT_PIDS[$1]}" || ENDED=$?
	unset "RT_PIDS[$1]"
}

# A server of the lab's host: started, and listening on 6515 unless another port is named.
server() { # name, command…
	start host "$@"
	wait_until 20 "port ${SERVER_PORT:-6515} to listen" listening host "${SERVER_PORT:-6515}"
}

# A server of the lab itself, which says when it is ready.
lab_server() { # role, name, command…
	start "$@"
	wait_until 20 "$2" has_line "$2" '^ready'
}

python_server() { # name, program, argument…
	lab_server host "$1" "$RT_PY/$2" "${@:3}"
}

compiled_server() { # name, program, argument…
	[ -x "$RT_TOOLS/$2" ] || fail "$RT_TOOLS/$2 is not built: run make tools"
	lab_server host "$1" "$RT_TOOLS/$2" "${@:3}"
}

sinks() { # port…
	lab_server internet sinks "$RT_PY/sink.py" --log sinks.json "$@"
}

lab() {
	lab_up "$RT_ID"
	sinks "${@:-25}"
}

# The process that has a listener on a port.
listener() { # port
	lab_in host ss -Hltnp "sport = :$1" | sed -n 's/.*pid=\([0-9]*\).*/\1/p'
}

# The daemon under test, counting when this returns.
watch_ports() { # option…
	start - relaytrap "$RELAYTRAP" run --pin-dir "$PIN_DIR" "$@"
	wait_until 30 "relaytrap to count" has_line relaytrap '^relaytrap: counting'
}

load() { # argument…
	lab_in client "$RT_PY/load.py" --out client.json "$@"
}

# Clients that stay connected until release; STAGE as in load.py.
load_and_hold() { # stage, argument…
	mkfifo gate
	start client load "$RT_PY/load.py" --out client.json --hold "$1" --gate gate "${@:2}"
	wait_until 20 "the clients" has_line load '^holding'
}

release() {
	: >gate
	finish load
	rm gate
	[ "$ENDED" -eq 0 ] || fail "the clients failed"
}

expect() { # [option of expect.py…] expectation…
	"$RT_PY/expect.py" --status "$RELAYTRAP status --json --pin-dir $PIN_DIR" \
		--netns "$(lab_inode host)" --netns "$(lab_inode client)" "$@"
}

# The kernel skips a run of a program that runs on that CPU already, whosever connection on this machine it is for;
# that none of this relay's was skipped is in the other figures.
NOTHING_LOST='{cause for cause in vars(lost) if vars(lost)[cause]} - {"missed_runs"} == set()'

# What holds for every relay that served all its clients and failed none.
expect_relay() { # further expectation…
	expect 'accepts == client.connections' 'clients == client.clients' 'connects == sink.connections' \
		'connect_failures == 0' 'fan_out ~ sink.targets' 'paired == connects' 'open == 0' \
		'bytes.client_received == client.sent' 'bytes.client_sent == client.received' \
		'bytes.upstream_sent == sink.received' 'bytes.upstream_received == sink.sent' \
		"$NOTHING_LOST" "$@"
}

# Runs a command that must be refused with one line on standard error, and nothing on standard output.
refused() { # exit status, pattern of the line, command…
	local wanted=$1 pattern=$2 status=0
	shift 2
	timeout "$(patience 20)" "$@" >refused.out 2>refused.err </dev/null || status=$?
	[ "$status" -eq "$wanted" ] || fail "exit status $status, not $wanted, of: $* ($(cat refused.err))"
	[ "$(wc -l <refused.err)" -eq 1 ] || fail "not one line from: $*: $(cat refused.err)"
	grep -qE "$pattern" refused.err || fail "no '$pattern' in: $(cat refused.err)"
	[ ! -s refused.out ] || fail "standard output of a refused command: $(cat refused.out)"
}

# Every program, map and link in the kernel that no running process has open, nor other instances have pinned.
bpf_objects() {
	local kind
	for kind in prog map link; do
		bpftool "$kind" list | awk -v kind="$kind" '
			/^[0-9]+:/ { if (object) print object; object = kind " " $1 " " $2 }
			/^\tpids / { object = "" }
			END { if (object) print object }'
	done | sort >unheld
	objects_below /sys/fs/bpf -path "$PIN_DIR*" -prune -o | sed 's/.*/^&: /' >of_others
	grep -v -f of_others unheld || true
}

nothing_new() { # earlier output of bpf_objects
	[ -z "$(comm -13 <(echo "$1") <(bpf_objects))" ]
}

# Every map, program and link of the instance under test, pinned or not: "map 12", one a line.
instance_objects() {
	objects_below "$PIN_DIR" -maxdepth 1
}

# Those of whatever has its maps pinned there. Programs are known by the pinned maps they use.
objects_below() { # argument of find…
	local maps programs
	maps=$(find "$@" -type f -exec bpftool -j map show pinned {} \; 2>/dev/null |
		jq -cs 'map(.id | numbers)')
	programs=$(bpftool -j prog list | jq -c --argjson maps "$maps" \
		'map(select((.map_ids // []) - $maps != (.map_ids // [])))')
	jq -r --argjson maps "$maps" '(map(.map_ids[]) + $maps | unique[] | "map \(.)"), (.[] | "prog \(.id)")' <<<"$programs"
	bpftool -j link list | jq -r --argjson programs "$programs" \
		'($programs | map(.id)) as $ids | .[] | select(.prog_id as $id | $ids | index($id)) | "link \(.id)"'
}

none_left() { # output of instance_objects
	local kind number
	while read -r kind number; do
		! bpftool "$kind" show id "$number" >/dev/null 2>&1 || return 1
	done <<<"$1"
}

unload() {
	"$RELAYTRAP" unload --pin-dir "$PIN_DIR"
}

# Ends a server with its children, and relaytrap, and forgets the truth: the next round starts from nothing.
end_round() { # server
	stop "$1" KILL
	ip netns pids "${LAB_NAME}host" | xargs -r kill -KILL
	wait_until 10 "port 6515 to be free" not_listening host 6515
	stop relaytrap
	unload
	rm -f client.json
	: >sinks.json
}
