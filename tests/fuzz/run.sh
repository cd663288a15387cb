#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# run.sh TARGET...: fuzzes each for FUZZ_SECONDS (60), from the corpus in the tree; what is found new is kept in
# build/fuzz/corpus, a crash stops it and its input stands in build/fuzz.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for target; do
	name=${target##*/fuzz_}
	found=build/fuzz/corpus/$name
	seeds=build/fuzz/seeds/$name
	mkdir -p "$found" "$seeds"
	tar -xzf "tests/fuzz/corpus/$name.tar.gz" -C "$seeds"
	echo "fuzz $name for ${FUZZ_SECONDS:-60} s"
	status=0
	"$target" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$name-" "$found" "$seeds" >"build/fuzz/$name.log" 2>&1 ||
		status=$?
	((status == 0)) || { tail -n 40 "build/fuzz/$name.log" >&2; exit 1; }
	grep -E '^stat::(number|average|peak)' "build/fuzz/$name.log"
done
