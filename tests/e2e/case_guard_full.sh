#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Full lists, and a flood from a million sources while interfaces come and go: no leak, no wrong drop, nothing uncounted.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

ALLOWED_MAX=100000

# So many networks of 256 addresses from 11.0.0.0 on.
networks() { # count
	awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "11.%d.%d.0/24\n", i / 256, i % 256 }' |
		awk -F '[./]' '{ a = 11 + int($2 / 256); printf "%d.%d.%d.0/24\n", a, $2 % 256, $3 }'
}

sum() { # field
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" | jq "[.guard[] | .$1] | add"
}

need nft jq bpftool
begin
lab_up "$RT_ID"
lab_in client nft list tables >/dev/null 2>&1 || skip "this kernel has no nftables"
witness
watch_ports --netns "/run/netns/${LAB_NAME}host" --interval 200ms
guard block 6515 >/dev/null
objects=$(instance_objects)

# The list of networks fills up; one more is refused, and changes nothing.
networks "$ALLOWED_MAX" >all
got=$(guard allow - <all)
[ "$got" = "allowed: $ALLOWED_MAX networks" ] || fail "allow says $got"
refused 1 '100000 IPv4 networks at most' nsenter "--net=/run/netns/${LAB_NAME}host" "$RELAYTRAP" allow \
	--pin-dir "$PIN_DIR" 192.0.2.0/24
is "$ALLOWED_MAX" "networks allowed" eval "'$RELAYTRAP' status --json --pin-dir '$PIN_DIR' | jq '.allow | length'"

# The list of blocks fills up too.
guard block 20000-20253 >/dev/null
refused 1 '255 ports at most' nsenter "--net=/run/netns/${LAB_NAME}host" "$RELAYTRAP" block \
	--pin-dir "$PIN_DIR" 30000
is 255 "ports blocked" eval "'$RELAYTRAP' list --json --pin-dir '$PIN_DIR' | jq '[.guard[] | select(.in_force)] | length'"

# Full lists judge as others do: who is in the list is served, and nobody else.
[ -x "$RT_TOOLS/spoof" ] || fail "$RT_TOOLS/spoof is not built: run make tools"
allowed=$(size 20000 2000)
lab_in client "$RT_TOOLS/spoof" eth0 6515 "$allowed" 25600000
is "$allowed" "requests of the allowed that are let through" blocked 6515 allowed_packets
is 0 "requests dropped so far" blocked 6515 syns
guard disallow - <all >disallow.out
grep -q "no longer allowed: $ALLOWED_MAX networks" disallow.out || fail "disallow says $(cat disallow.out)"

# The flood, to a blocked port and its neighbour, while interfaces come and go.
flood=$(size 1000000 20000)
start client flood "$RT_TOOLS/spoof" eth0 6515 "$flood" 1000000
start client neighbour "$RT_TOOLS/spoof" eth0 6516 "$((flood / 10))" 1000000
turns=0
while running flood || running neighbour; do
	ip link add come netns "${LAB_NAME}host" type veth peer name come2 netns "${LAB_NAME}client"
	is generic "turn $((++turns)): an interface that came" stands come
	ip -netns "${LAB_NAME}host" link del come
done
finish flood
[ "$ENDED" -eq 0 ] || fail "the flood failed"
finish neighbour
[ "$ENDED" -eq 0 ] || fail "the requests to the neighbour failed"
is "$((flood / 10))" "requests to the neighbour that arrive" witnessed host 6516
is "$flood" "requests dropped and counted" blocked 6515 syns
is "$flood" "all that was dropped" sum packets
is "$allowed" "requests to the blocked port that arrived" witnessed host 6515
wait_until 20 "the drops to be told" has_line relaytrap 'port 6515: [0-9]* packets dropped, [0-9]* of them requests'

# Nothing piles up in the kernel, and nothing is left.
same() {
	[ "$(instance_objects | wc -l)" -eq "$(wc -l <<<"$objects")" ]
}
wait_until 10 "as many objects as before" same
objects=$(instance_objects)
stop relaytrap
unload
wait_until 10 "the kernel to be as it was" none_left "$objects"
