#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [CASE...]: runs the end-to-end cases, all of tests/e2e/case_*.sh by default, each in its own process.
set -euo pipefail

usage() {
	cat <<-'END'
	usage: run.sh [CASE...]

	Those that say "# matrix: only" are for scripts/matrix.sh, and run here only if they are named.

	A case passes with exit status 0 and is skipped with 77, its last line (or the last "skip: ...") being
	the reason; anything else fails it, and its output is shown. It must be over within 300 s (or what a line
	"# timeout: 600" among its first 20 says), must keep its files in $RT_TMP, and must leave no process,
	network namespace, link or pin behind.

	environment:
	  T=name         only the cases with this in their name
	  RT_TIME_SCALE  multiplies time limits, for slow machines (1)
	  RT_NO_BUILD    when set, nothing is built first

	The output of each case is kept in build/test-logs.
	END
}

# Whatever a case might leave behind, one thing a line. TMP tells its processes: it is in their environment.
traces() {
	{
		find /run/netns -mindepth 1 -maxdepth 1 -name 'rt*' -printf 'netns %f\n' 2>/dev/null || true
		ip -o link | awk -F '[ :@]+' '$2 ~ /^rt/ { print "link " $2 }'
		find /sys/fs/bpf -mindepth 1 -maxdepth 1 \( -name 'relaytrap*' -o -name 'rt*' \) -printf 'pins %p\n' 2>/dev/null || true
	} | while read -r line; do
		is_in_use "$line" || echo "$line"
	done
	{
		pgrep -P 1 -x relaytrap || true
		{ grep -lzsFx "RT_TMP=$1" /proc/[0-9]*/environ || true; } | cut -d / -f 3
	} | sort -u | while read -r pid; do
		echo "process $pid $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || true)"
	done
}

# The library of the cases names things rt, then the process: one that still runs was started by somebody else.
is_in_use() {
	[[ $1 =~ rt([0-9]+) && -e /proc/${BASH_REMATCH[1]} ]]
}

# new_traces BEFORE TMP: what was not there before; a little time is given to what is just ending.
new_traces() {
	local left i

	for ((i = 0; i < 100 * RT_TIME_SCALE; i++)); do
		left=$(comm -13 <(echo "$1") <(traces "$2" | sort))
		[[ $left ]] || return 0
		sleep 0.1
	done
	echo "$left"
}

# Processes first: they hold the rest.
remove_traces() {
	local kind name rest

	grep '^process ' <<<"$1" | while read -r kind name rest; do
		kill -KILL "$name" 2>/dev/null || true
	done || true
	while read -r kind name rest; do
		case $kind in
		netns) ip netns del "$name" ;;
		link) ip link del "$name" ;;
		pins) rm -rf "$name" ;;
		esac || true
	done <<<"$1"
}

# What a case said last, or last with this word before it.
skip_reason() {
	{ grep '^skip: ' "$1" || cat "$1"; } | sed 's/^skip: //' | tail -n 1
}

# run_case FILE: one result.
run_case() {
	local name limit log before left status=0 start=${EPOCHREALTIME/./} took

	name=$(basename "$1" .sh)
	log=build/test-logs/$name.log
	limit=$(sed -n '1,20s/^# timeout: \([0-9]*\)$/\1/p' "$1")
	limit=$((${limit:-300} * RT_TIME_SCALE))
	tmp=$(mktemp -d /tmp/relaytrap-XXXXXX)
	before=$(traces "$tmp" | sort)
	RT_TMP=$tmp timeout -k 10 "$limit" "$1" >"$log" 2>&1 </dev/null 9>&- &
	job=$!
	wait "$job" || status=$?
	job=
	left=$(new_traces "$before" "$tmp")
	if [[ $left ]]; then
		printf 'left behind:\n%s\n' "$left" >>"$log"
		remove_traces "$left"
		status="$status, and something is left behind"
	fi
	rm -rf "$tmp"
	took=$(((${EPOCHREALTIME/./} - start) / 100000))
	took="${took%?}.${took: -1} s"
	[[ $took != .* ]] || took=0$took
	case $status in
	0) result ok "$name" "$took" ;;
	77) result skip "$name" "$took: $(skip_reason "$log")" ;;
	*)
		sed 's/^/     | /' "$log"
		[[ $status != 12[4] && $status != 137 ]] || status="$status: over its limit of $limit s"
		result FAIL "$name" "$took, exit status $status"
		;;
	esac
}

# Lets the running case clean up before this ends.
interrupted() {
	trap '' INT TERM
	[[ -z $job ]] || { kill "$job" && wait "$job"; } 2>/dev/null || true
	[[ -z $tmp ]] || rm -rf "$tmp"
	exit "$1"
}

main() {
	local file cases=()

	[[ ${1-} != -* ]] || { usage; exit 2; }
	((EUID == 0)) || { echo "run.sh: the end-to-end cases load programs into the kernel; run this as root" >&2; exit 1; }
	[[ ${RT_NO_BUILD-} ]] || "${MAKE:-make}" --no-print-directory -s all tools
	mkdir -p build/test-logs
	# Two runs at once would find each other's traces.
	exec 9>/run/lock/relaytrap-test
	flock -n 9 || { echo "waiting for another run to end" >&2; flock 9; }
	(($#)) || mapfile -t cases < <(grep -L '^# matrix: only' tests/e2e/case_*.sh)
	for file in "$@" "${cases[@]}"; do
		[[ -e $file && ${file##*/} == *"${T-}"* ]] || continue
		run_case "$file"
	done
	finish e2e
}

job='' tmp=''
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
export RT_TIME_SCALE=${RT_TIME_SCALE:-1}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/results.sh
. tests/results.sh
main "$@"
