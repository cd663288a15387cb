#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The daemon follows the interfaces: new ones are guarded, gone ones forgotten, a foreign program is left alone.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

links() {
	find "$PIN_DIR/guard_links" -type f | wc -l
}

host_link() {
	ip -netns "${LAB_NAME}host" link "$@"
}

told() { # pattern
	wait_until 10 "'$1' to be told" has_line relaytrap "$1"
}

need jq bpftool
begin
lab_up "$RT_ID"
host=(--netns "/run/netns/${LAB_NAME}host")

watch_ports "${host[@]}" --interval 200ms
"$RELAYTRAP" list --pin-dir "$PIN_DIR" >list.out
grep -q 'no interface is guarded' list.out || fail "a guard stands in observe with nothing blocked: $(cat list.out)"

# A command outside of the daemon's namespace leaves it to the daemon.
"$RELAYTRAP" block 6515 --pin-dir "$PIN_DIR" --expire 1h >block.out 2>block.err || fail "block: $(cat block.err)"
grep -q 'left to the daemon' block.err || fail "block says: $(cat block.out block.err)"
is generic "client" stands client
is ' xdpgeneric' "client, as the kernel says" attached client
told 'port 6515 is blocked by an operator for 1h'
told 'client is guarded (generic)'

# An interface that comes, and goes.
host_link add new1 type veth peer name new2 netns "${LAB_NAME}client"
is generic "a new interface" stands new1
told 'new1 is guarded'
host_link del new1
is '' "an interface that is gone" stands new1
is 2 "links" links
told 'new1 is guarded no more'

# What belongs to a bridge is left to it.
host_link add bridge0 type bridge
host_link add port1 type veth peer name port2 netns "${LAB_NAME}client"
is generic "a bridge" stands bridge0
is generic "an interface of its own" stands port1
host_link set port1 master bridge0
is '' "a part of a bridge" stands port1
is '' "a part of a bridge, as the kernel says" attached port1
host_link del bridge0
is generic "an interface of its own again" stands port1
host_link del port1

# Somebody takes the guard off: it is put back, and that is told.
index=$(ip -netns "${LAB_NAME}host" -j link show dev client | jq '.[].ifindex')
pin=$PIN_DIR/guard_links/link_$(lab_inode host)_$index
start - events "$RELAYTRAP" events --pin-dir "$PIN_DIR" --interval 200ms
start - json "$RELAYTRAP" events --json --pin-dir "$PIN_DIR" --interval 200ms
for follower in events json; do
	wait_until 10 "its first look" has_line "$follower" 'client is guarded (generic)'
done
[ -e "$pin" ] || fail "no link of client: $(ls "$PIN_DIR/guard_links")"
bpftool link detach id "$(bpftool -j link show pinned "$pin" | jq .id)"
told 'client is guarded (generic) again: somebody else had detached the guard$'
is ' xdpgeneric' "client, as the kernel says" attached client
for follower in events json; do
	wait_until 10 "$follower to tell it" has_line "$follower" 'client is guarded (generic) again'
	stop "$follower"
done
"$RT_PY/events.py" json.log --count reguarded=1 \
	--last reguarded 'event["warning"] and event["interface"]["name"] == "client"'

# Nothing is blocked any more, so the guard stands nowhere.
host_link add taken1 type veth peer name taken2 netns "${LAB_NAME}client"
is generic "an interface nobody has taken" stands taken1
unblocked=$(guard unblock 6515)
[ "$unblocked" = 'unblocked: 6515' ] || fail "unblock says: $unblocked"
is '' "client when nothing is blocked" stands client
is '' "client when nothing is blocked, as the kernel says" attached client
is 0 "links when nothing is blocked" links
told 'port 6515, blocked by an operator, is blocked no more: an operator has lifted that'

# A foreign program: that of another instance.
other=$PIN_DIR-other
trap '"$RELAYTRAP" unload --pin-dir "$other" >/dev/null; cleanup' EXIT
lab_in host "$RELAYTRAP" block 7777 --pin-dir "$other" --interface taken1
program=$(lab_in host ip -d -o link show dev taken1 | sed -n 's/.*prog\/xdp id \([0-9]*\).*/\1/p')
status=0
guard block 6515 >block.out 2>block.err || status=$?
[ "$status" -eq 1 ] || fail "exit status $status of a block that is not everywhere"
grep -q "^relaytrap: taken1 is not guarded: it has an XDP program of somebody else's (guard_ingress, id $program)" block.err ||
	fail "the foreign program is not named: $(cat block.err)"
grep -q '^guarded: .*client (generic)' block.out || fail "the rest is not guarded: $(cat block.out)"
is foreign "the taken interface" stands taken1
is "$program" "its program" eval "lab_in host ip -d -o link show dev taken1 | sed -n 's/.*xdp id \([0-9]*\).*/\1/p'"
told "taken1 is not guarded: it has an XDP program of somebody else's"
"$RELAYTRAP" unload --pin-dir "$other"
is generic "the interface when it is free again" stands taken1

# One that does not exist yet.
stop relaytrap
guard unblock 6515
guard block 6515 --interface later1,client >block.out 2>block.err
grep -q '^relaytrap: later1 is not guarded: there is no such interface' block.err || fail "not said: $(cat block.err)"
is '' "an interface that is not named" stands taken1
watch_ports "${host[@]}" --interval 200ms --interface later1 --interface client
host_link add later1 type veth peer name later2 netns "${LAB_NAME}client"
is generic "a named interface that comes" stands later1
is '' "one that is not named" stands taken1

# A stop leaves the guard standing.
stop relaytrap
is ' xdpgeneric' "client without a daemon" attached client
unload
is '' "client after unload" attached client
