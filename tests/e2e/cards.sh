#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A lab of network cards instead of veths, for the cases of stock kernels. Sourced.
#
#   client: far1 ── host: nic1  virtio_net, which has native XDP
#           far2 ──       nic2  virtio_net without any_header_sg, which refuses it
#           far3 ──       nic3  e1000e, which has none
#
# On cable N the host has 10.77.N.254 and fd00:77:N::fe, the client 10.77.N.1, 10.77.N.2, fd00:77:N::1 and fd00:77:N::2.

CARDS=(1 2 3)
CARD_DRIVERS=(virtio_net e1000e)

# scripts/vm-run.sh tells on the kernel's command line what it was given in VM_NET.
need_cards() {
	[[ " $(</proc/cmdline) " == *" vm_cards=${#CARDS[@]} "* ]] || skip "this is for the network cards of make matrix"
}

card_named() { # address
	grep -lxF "$1" /sys/class/net/*/address | cut -d / -f 5
}

# Moves the end of a cable into the namespace of a role, under its name there.
plug() { # address, role, name
	local card
	card=$(card_named "$1")
	[ -n "$card" ] || fail "there is no card $1"
	ip link set dev "$card" down netns "$LAB_NAME$2" name "$3"
}

has_carrier() { # role, interface
	lab_in "$1" ip -o link show dev "$2" | grep -q LOWER_UP
}

cards_up() {
	local n role
	modprobe -a "${CARD_DRIVERS[@]}"
	LAB_NAME=$RT_ID
	for role in client host; do
		ip netns add "$LAB_NAME$role"
		ip -netns "$LAB_NAME$role" link set lo up
	done
	for n in "${CARDS[@]}"; do
		plug "52:54:00:00:0$n:01" host "nic$n"
		plug "52:54:00:00:0$n:02" client "far$n"
		cable "nic$n" "far$n" 77 "$n"
	done
}

# Both ends' addresses; each network is 10.NET.N.0/24 and fd00:NET:N::/64.
cable() { # interface of the host, of the client, NET, N
	ip -netns "${LAB_NAME}host" -batch - <<-END
		address add 10.$3.$4.254/24 dev $1
		address add fd00:$3:$4::fe/64 dev $1 nodad
		link set $1 up
	END
	ip -netns "${LAB_NAME}client" -batch - <<-END
		address add 10.$3.$4.1/24 dev $2
		address add 10.$3.$4.2/24 dev $2
		address add fd00:$3:$4::1/64 dev $2 nodad
		address add fd00:$3:$4::2/64 dev $2 nodad
		link set $2 up
	END
	wait_until 20 "$1 to have a carrier" has_carrier host "$1"
	wait_until 20 "$2 to have a carrier" has_carrier client "$2"
}

# Without their drivers the cards do not come back into the first namespace, where other cases would meet them.
cards_down() {
	local status=$?
	set +e
	modprobe -r "${CARD_DRIVERS[@]}"
	(exit "$status")
	cleanup
}

# TCP's own counts in the namespace of a role: what came as far as the stack, and what it has sent.
# shellcheck disable=SC2016 # of awk
arrived() { # role
	lab_in "$1" awk '/^Tcp: [0-9]/ { print $11 }' /proc/net/snmp
}

# shellcheck disable=SC2016 # of awk
sent() { # role
	lab_in "$1" awk '/^Tcp: [0-9]/ { print $12 }' /proc/net/snmp
}

# Requests to the host's addresses: all are dropped and counted, and the stack sees none. $DROPPED is what was counted before.
silent() { # what, port, address…
	local what=$1 port=$2 there here count
	shift 2
	count=$(($# * EACH))
	there=$(arrived host)
	here=$(sent client)
	knock "$(IFS=,; echo "$*")" "$port" "$EACH"
	is $((here + count)) "$what: segments that the client has sent" sent client
	DROPPED=$((DROPPED + count))
	is "$DROPPED"$'\n'"$DROPPED" "$what: requests and packets counted" blocked "$port" "syns, .packets"
	is "$there" "$what: segments that came to the host's stack" arrived host
}

# A server that says just that to everybody.
serve() { # port
	SERVER_PORT=$1 server "server$1" socat "TCP6-LISTEN:$1,fork,reuseaddr" SYSTEM:'echo served'
}

served() { # what, address, port, [address of the client]
	is served "$1: an answer" lab_in client socat -u "TCP:$2:$3${4:+,bind=$4}" -
}
