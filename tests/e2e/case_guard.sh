#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Real packets, native and generic: nothing comes in to a blocked port, its neighbour and allowed sources are served.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

# Frames with one and with two tags; a packet socket behind the guard is the witness.
tagged() { # port
	lab_in client "$RT_PY/frames.py" send eth0 "$1" "$each" 1
	lab_in client "$RT_PY/frames.py" send eth0 "$1" "$each" 2
}

too_many_tags() {
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq .guard_causes.too_many_tags
}

seen() { # port
	: >"frames$1.log"
	kill -USR1 "${RT_PIDS[frames$1]}"
	wait_until 10 "the count of frames" has_line "frames$1" '^seen'
	sed -n 's/^seen //p' "frames$1.log"
}

# The same number of requests over each kind of network.
requests() { # port
	local address
	for address in "$LAB_HOST4" "$LAB_HOST6"; do
		knock "$address" "$1" "$each"
	done
}

need nft jq
begin
lab_up "$RT_ID"
lab_in client nft list tables >/dev/null 2>&1 || skip "this kernel has no nftables"
witness
each=$(size 25 5)
all=$((2 * each))
for port in 6515 6516; do
	lab_server host "frames$port" "$RT_PY/frames.py" count client "$port"
done

requests 6515
is "$all" "requests that arrive without a guard" witnessed host 6515

rounds=0
for mode in generic native; do
	guard block 6515 --xdp "$mode" --interface client
	is "$mode" "the guard as it says" stands client
	forget
	requests 6515
	requests 6516
	is "$all" "$mode: requests sent" witnessed client 6515
	is "$all" "$mode: requests to its neighbour that arrive" witnessed host 6516
	is 0 "$mode: requests to the blocked port that arrive" witnessed host 6515
	is "$all" "$mode: requests counted" blocked 6515 syns
	is "$all" "$mode: packets counted" blocked 6515 packets

	tagged 6515
	tagged 6516
	is $((++rounds * 4 * each)) "$mode: tagged frames to its neighbour that arrive" seen 6516
	is 0 "$mode: tagged frames to the blocked port that arrive" seen 6515
	is $((all + 4 * each)) "$mode: requests counted, tagged ones too" blocked 6515 syns
	lab_in client "$RT_PY/frames.py" send eth0 6515 "$each" 3
	is $((2 * each)) "$mode: frames with more tags counted" too_many_tags
	is 0 "$mode: frames with more tags that arrive" seen 6515

	guard allow 10.77.0.253 fd00:77::/64
	forget
	knock "$LAB_HOST4" 6515 "$each"
	knock "$LAB_HOST6" 6515 "$each"
	knock "$LAB_HOST4" 6515 "$each" --source 10.77.1.9
	is $((2 * each)) "$mode: requests of the allowed that arrive" witnessed host 6515
	is $((all + 5 * each)) "$mode: requests of the others counted" blocked 6515 syns
	is $((2 * each)) "$mode: packets of the allowed counted" blocked 6515 allowed_packets

	guard disallow 10.77.0.253 fd00:77::/64
	forget
	knock "$LAB_HOST4" 6515 "$each"
	knock "$LAB_HOST4" 6516 "$each"
	is "$each" "$mode: requests to the neighbour that arrive" witnessed host 6516
	is 0 "$mode: requests of the no longer allowed that arrive" witnessed host 6515
	guard unblock 6515
	requests 6515
	is "$all" "$mode: requests that arrive when it is unblocked" witnessed host 6515
	is "" "$mode: the guard is taken off" attached client
	unload
done

got=$(guard block 6515 --mode dry-run)
[[ $got == *'this is a dry run: nothing is dropped'* ]] || fail "a block in a dry run says: $got"
forget
requests 6515
is "$all" "dry run: requests that arrive" witnessed host 6515
is "$all" "dry run: requests that would be dropped" blocked 6515 would_drop_syns
is 0 "dry run: requests dropped" blocked 6515 syns
