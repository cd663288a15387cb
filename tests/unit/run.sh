#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh PROGRAM...: runs unit-test programs; T=name selects those with this in their name.
set -euo pipefail

# shellcheck source=tests/results.sh
. "$(dirname "${BASH_SOURCE[0]}")/../results.sh"

export CMOCKA_MESSAGE_OUTPUT=TAP
export UBSAN_OPTIONS=print_stacktrace=1

for program; do
	name=${program##*/}
	[[ $name == *"${T-}"* ]] || continue
	status=0
	output=$("$program" 2>&1 </dev/null) || status=$?
	good=$(grep -c '^ok ' <<<"$output" || true)
	left_out=$(grep -c '^not ok .*# SKIP' <<<"$output" || true)
	bad=$(($(grep -c '^not ok ' <<<"$output" || true) - left_out))
	# A sanitizer ends the program: the test it was in has no line of its own.
	((status == 0 || bad > 0)) || bad=1
	if ((bad || good + left_out == 0)); then
		echo "$output"
		result FAIL "$name" "$good passed, $bad failed, exit status $status"
		failed=$((failed - 1))
	else
		result ok "$name" "$good tests"
		passed=$((passed - 1))
	fi
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left_out))
done
finish unit
