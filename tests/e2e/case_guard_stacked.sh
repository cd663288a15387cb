#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# VLANs, a bond and a bridge over network cards: what is blocked stays silent, and which own connections are known.
# matrix: only, long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"
# shellcheck source=tests/e2e/cards.sh
. "$(dirname "${BASH_SOURCE[0]}")/cards.sh"

EACH=5 DROPPED=0

# Where the guard stands, by its own word and by the kernel's.
stands_at() { # what, list as bpftool has it
	is "$2" "$1: the guard, as the kernel says" \
		eval "lab_in host bpftool -j net | jq -r '[.[].xdp[] | \"\(.devname) \(.mode)\"] | sort | join(\", \")'"
	is "${2//driver/native}" "$1: the guard as it says" \
		eval "'$RELAYTRAP' list --json --pin-dir '$PIN_DIR' | jq -r '[.interfaces[] | \"\(.name) \(.xdp)\"] | sort | join(\", \")'"
}

host_link() {
	ip -netns "${LAB_NAME}host" link "$@"
}

# A connection of the host's own, from the blocked port, to the client's server.
own() { # address of the client, [option of socat]
	lab_in host socat -u "TCP:$1:7000,sourceport=6515,reuseaddr${2:+,$2}" -
}

# The blocked port over the first card's cable, when something stands on that card.
through() { # what, interface of the host, NET
	cable "$2" far1 "$3" 1
	silent "$1" 6515 "10.$3.1.254" "fd00:$3:1::fe"
	served "$1: the neighbour" "10.$3.1.254" 6516
	is served "$1: own connection" own "10.$3.1.1"
	is served "$1: own connection, bound to $2" own "10.$3.1.2" "so-bindtodevice=$2"
}

# The card that the guard stood on goes into something that it stands on now, and comes back.
enslave() { # interface, kind…
	host_link add "$1" type "${@:2}"
	host_link set nic1 down
	host_link set nic1 master "$1"
	host_link set "$1" up
	host_link set nic1 up
}

need jq socat bpftool
need_cards
begin
trap cards_down EXIT
# Left to itself it would make a bond at once.
modprobe bonding max_bonds=0
cards_up
serve 6516
start client answers socat TCP4-LISTEN:7000,fork,reuseaddr SYSTEM:'echo served'
wait_until 20 "port 7000 to listen" listening client 7000
watch_ports --netns "/run/netns/${LAB_NAME}host"
guard block 6515 >/dev/null
stands_at "cards" 'nic1 driver, nic2 generic, nic3 generic'

enslave bond0 bond mode active-backup
stands_at "bond" 'bond0 generic, nic2 generic, nic3 generic'
through "bond" bond0 78
host_link del bond0
enslave bridge0 bridge
stands_at "bridge" 'bridge0 generic, nic2 generic, nic3 generic'
through "bridge" bridge0 79
host_link del bridge0
stands_at "cards again" 'nic1 driver, nic2 generic, nic3 generic'

# The card of nic3 takes off the tags by itself, that of nic1 does not.
for n in 1 3; do
	host_link set "nic$n" up
	host_link add "vlan$n" link "nic$n" type vlan id 5
	ip -netns "${LAB_NAME}client" link add "far$n.5" link "far$n" type vlan id 5
	cable "vlan$n" "far$n.5" 80 "$n"
	silent "VLAN on nic$n" 6515 "10.80.$n.254" "fd00:80:$n::fe"
	served "VLAN on nic$n: the neighbour" "10.80.$n.254" 6516
	is served "VLAN on nic$n: own connection" own "10.80.$n.1"
done
stands_at "VLANs" 'nic1 driver, nic2 generic, nic3 generic'

# The limit that docs/guard.md states: the guard stands below the VLAN, and finds no socket that is bound to it.
before=$(blocked 6515 packets)
start host unknown socat -u TCP:10.80.1.2:7000,sourceport=6515,reuseaddr,so-bindtodevice=vlan1 -
wait_until 10 "an answer to be dropped" eval "[ \"\$(blocked 6515 packets)\" -gt $before ]"
! grep -q served unknown.log || fail "a connection bound to the VLAN was answered"
stop unknown KILL
