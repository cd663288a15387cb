#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Network cards: guarded by the driver where it has native XDP, by the stack, with the reason, where not; real packets.
# matrix: only
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"
# shellcheck source=tests/e2e/cards.sh
. "$(dirname "${BASH_SOURCE[0]}")/cards.sh"

refuses='its driver refuses native XDP, Invalid argument'
has_none='its driver has no native XDP, or none with its present offloads'
EACH=5 DROPPED=0

# What the kernel says of all cards, by two other ways.
by_netlink() {
	lab_in host ip -o link | grep -o ' xdp[a-z]*' | tr -d '\n' || true
}

by_bpftool() {
	lab_in host bpftool -j net | jq -c '[.[].xdp[] | "\(.devname) \(.mode)"] | sort'
}

need jq socat bpftool
need_cards
begin
trap cards_down EXIT
cards_up
for port in 6515 6516; do
	serve "$port"
done

watch_ports --netns "/run/netns/${LAB_NAME}host" --interval 200ms
is '[]' "observe, nothing blocked: interfaces" eval "'$RELAYTRAP' list --json --pin-dir '$PIN_DIR' | jq -c .interfaces"
is '' "observe, nothing blocked, as the kernel says" by_netlink

got=$(guard block 6515)
want=$'blocked: 6515\n'"guarded: nic1 (native), nic2 (generic: $refuses), nic3 (generic: $has_none)"
[ "$got" = "$want" ] || fail "block says '$got', not '$want'"
is ' xdp xdpgeneric xdpgeneric' "the cards, as the kernel says" by_netlink
is '["nic1 driver","nic2 generic","nic3 generic"]' "the cards, as bpftool says" by_bpftool
silent "all cards" 6515 10.77.{1,2,3}.254 fd00:77:{1,2,3}::fe
# At every look the daemon finds the links as they are, and still knows why.
"$RELAYTRAP" status --pin-dir "$PIN_DIR" >status.out
for words in 'nic1 is guarded (native)' "nic2 is guarded (generic: $refuses)" "nic3 is guarded (generic: $has_none)"; do
	tr -s '\n ' ' ' <status.out | grep -qF "$words" || fail "no '$words' in: $(cat status.out)"
done
has_line relaytrap "nic3 is guarded (generic: $has_none)" || fail "no event of nic3"

guard allow 10.77.1.2 10.77.2.2 10.77.3.2 fd00:77:1::2 >/dev/null
for n in "${CARDS[@]}"; do
	served "nic$n, an allowed source" "10.77.$n.254" 6515 "10.77.$n.2"
	served "nic$n, the neighbour" "10.77.$n.254" 6516
done
served "nic1, an allowed source, IPv6" "[fd00:77:1::fe]" 6515 "[fd00:77:1::2]"
is true "packets of the allowed are counted" blocked 6515 'allowed_packets > 0'
knock 10.77.1.254,10.77.2.254,10.77.3.254 6515 "$EACH"
DROPPED=$((DROPPED + 3 * EACH))
is "$DROPPED" "sources that are not allowed: requests counted" blocked 6515 syns

guard unblock 6515 >/dev/null
is '' "the cards when nothing is blocked, as the kernel says" by_netlink
served "nic1, when nothing is blocked" 10.77.1.254 6515
stop relaytrap

# Native or nothing.
status=0
guard block 6515 --xdp native >block.out 2>block.err || status=$?
[ "$status" -eq 1 ] || fail "exit status $status of a block that is not everywhere"
grep -qx 'guarded: nic1 (native)' block.out || fail "nic1 is not guarded: $(cat block.out block.err)"
grep -q "^relaytrap: nic2 is not guarded: attaching to it failed: Invalid argument; if the setting xdp is native" block.err ||
	fail "nic2: $(cat block.err)"
grep -q "^relaytrap: nic3 is not guarded: $has_none; leave the setting xdp at auto" block.err || fail "nic3: $(cat block.err)"
is ' xdp' "the cards, native or nothing, as the kernel says" by_netlink
silent "nic1, native or nothing" 6515 10.77.1.254
