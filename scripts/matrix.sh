#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# matrix.sh: runs the end-to-end cases that say "# matrix: yes", or "# matrix: only", on stock kernels, with what was
# built here; with LONG=1 those that say "long" there, too.
set -euo pipefail

kernels=(6.1 6.12)
# For tests/e2e/cards.sh: a card whose driver has native XDP, one whose driver refuses it, one whose driver has none.
cards="virtio-net-pci virtio-net-pci,disable-modern=on,any_layout=off e1000e"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/results.sh
. tests/results.sh

selected_cases() {
	local file

	grep -lsxE "# matrix: (yes|only${LONG:+|long|only, long})" tests/e2e/case_*.sh | while read -r file; do
		[[ ${file##*/} != *"${T-}"* ]] || echo "$file"
	done
}

# run_kernel KERNEL CASE...
run_kernel() {
	VM_TIMEOUT=${VM_TIMEOUT:-2400} VM_NET=$cards VM_ENV="RT_TIME_SCALE RT_NO_BUILD" RT_TIME_SCALE=10 RT_NO_BUILD=1 \
		scripts/vm-run.sh "$1" -- tests/run.sh "${@:2}" </dev/null 2>&1
}

# The output of one kernel's run, told apart from the other's.
show_kernel() {
	sed -E "/^e2e: /d; s/^(ok  |FAIL|skip) /\1 $1 /" "$2"
	add_sum "$2" || result FAIL "$1" "the run ended without a result"
}

# pass_over REASON: ends this without a run.
pass_over() {
	result skip matrix "$1"
	finish matrix
	exit
}

[[ $(uname -m) == x86_64 ]] || pass_over "stock kernels are run on x86_64 only"
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "${VERSION_ID-}")
[[ $release == 12 || -d build/kernels/6.1 ]] || pass_over "the stock kernels are those of Debian 12, and this is ${release:-testing}"
mkdir -p build/test-logs
mapfile -t cases < <(selected_cases)
if ((${#cases[@]})); then
	for kernel in "${kernels[@]}"; do
		run_kernel "$kernel" "${cases[@]}" >"build/test-logs/matrix-$kernel.log" &
	done
	wait
	for kernel in "${kernels[@]}"; do
		show_kernel "$kernel" "build/test-logs/matrix-$kernel.log"
	done
fi
finish matrix
