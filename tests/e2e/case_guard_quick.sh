#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# block, allow, list and unblock on every kernel: what the client sent is dropped and counted, or let through.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

need jq
begin
lab_up "$RT_ID"
guard block 6515 --interface client
is generic "the guard" stands client
knock "$LAB_HOST4" 6515 5
knock "$LAB_HOST6" 6515 5
is 10 "requests counted" blocked 6515 syns
guard allow 10.77.0.0/24 fd00:77::/64
knock "$LAB_HOST4" 6515 5
knock "$LAB_HOST6" 6515 5
is 10 "packets of the allowed counted" blocked 6515 allowed_packets
is 10 "requests counted then" blocked 6515 syns
guard disallow 10.77.0.0/24
knock "$LAB_HOST4" 6515 5
is 15 "requests counted when one is allowed no more" blocked 6515 syns
is '["fd00:77::/64"]' "networks" eval "'$RELAYTRAP' list --json --pin-dir '$PIN_DIR' | jq -c '[.allow[].network]'"
guard unblock 6515
is '' "the guard when nothing is blocked" attached client
