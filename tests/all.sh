#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# all.sh: runs every suite, and adds up their results. What was built before is not built here.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/results.sh
. tests/results.sh

mkdir -p build/test-logs
for suite in lint unit e2e matrix; do
	echo "== $suite"
	start=$SECONDS
	log=build/test-logs/$suite.log
	status=0
	"${MAKE:-make}" --no-print-directory -s "$suite" 2>&1 | tee "$log" || status=$?
	before=$failed
	add_sum "$log" || result FAIL "$suite" "it ended without a result"
	# With T= a suite may have had nothing to do; that all had nothing is for the end to tell.
	((status == 0 || failed > before)) || [[ ${T-} ]] || result FAIL "$suite" "exit status $status"
	echo "== $suite took $((SECONDS - start)) s"
done
finish ""
