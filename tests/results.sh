#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# To be sourced by the runners: counts results and prints them, one line each, then their sum.
set -euo pipefail

passed=0 failed=0 skipped=0

# result ok|FAIL|skip NAME [DETAIL]
result() {
	case $1 in
	ok) passed=$((passed + 1)) ;;
	FAIL) failed=$((failed + 1)) ;;
	skip) skipped=$((skipped + 1)) ;;
	esac
	printf '%-4s %s%s\n' "$1" "$2" "${3:+  ($3)}"
}

# add_sum FILE: adds what the last line of this form in FILE says; fails if there is none.
add_sum() {
	local sum

	read -ra sum < <(sed -En 's/^([a-z0-9]+: )?([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\2 \3 \4/p' "$1" |
		tail -n 1) || return 1
	passed=$((passed + sum[0])) failed=$((failed + sum[1])) skipped=$((skipped + sum[2]))
}

# finish SUITE: the sum, in a line that starts with the suite's name unless that is empty. A run in which nothing was tried has failed.
finish() {
	echo "${1:+$1: }$passed passed, $failed failed, $skipped skipped"
	((failed == 0 && passed + skipped > 0))
}
