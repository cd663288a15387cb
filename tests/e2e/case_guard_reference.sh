#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The guard decides and counts as the reference in tests/e2e/tools/guard_reference.h does: the kept corpus, and
# random and mutated packets by test run. RT_PACKETS and RT_SEED: how many, and which; always the same by default.
# matrix: yes
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
packets=${RT_PACKETS:-$(size 500000 40000)} seed=${RT_SEED:-1}
echo "RT_PACKETS=$packets RT_SEED=$seed"
[ -x "$RT_TOOLS/guard_packets" ] || fail "$RT_TOOLS/guard_packets is not built: run make tools"
gunzip -c "$RT_ROOT/tests/fuzz/corpus/guard.pcap.gz" >corpus.pcap
"$RT_TOOLS/guard_packets" "$RT_ROOT/build/relaytrap.bpf.o" "$packets" "$seed" corpus.pcap new.pcap
