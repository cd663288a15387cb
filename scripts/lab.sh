#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The lab of the tests and the demo: clients, a host, and an internet of 130,000 addresses. Sourced.
#
#   client ── 10.77.0.0/24 ── host ── 10.88.0.0/24 ── internet
#   10.77.1.0/24 answer here      198.18.0.0/15 and fd00:198:18::/64 answer here,
#   and fd00:77::1 to ::28        192.0.2.0/24 is swallowed, 198.51.100.0/24 unreachable
#
# The host has no route to anything else, 203.0.113.0/24 for example.

LAB_HOST4=10.77.0.254
LAB_HOST6=fd00:77::fe
LAB_NAME=

lab_inode() { # role
	stat -Lc %i "/run/netns/$LAB_NAME$1"
}

lab_client_batch() {
	cat <<-END
		address add 10.77.0.253/24 dev eth0
		link set lo up
		link set eth0 up
		route add local 10.77.1.0/24 dev lo
		route add default via $LAB_HOST4
	END
	printf 'address add fd00:77::%x/64 dev eth0 nodad\n' {1..40}
	echo "route add default via $LAB_HOST6"
}

lab_host_batch() {
	cat <<-END
		address add $LAB_HOST4/24 dev client
		address add $LAB_HOST6/64 dev client nodad
		address add 10.88.0.1/24 dev internet
		address add fd00:88::1/64 dev internet nodad
		link set lo up
		link set client up
		link set internet up
		route add 10.77.1.0/24 via 10.77.0.253
		route add 198.18.0.0/15 via 10.88.0.2
		route add 192.0.2.0/24 via 10.88.0.2
		route add 198.51.100.0/24 via 10.88.0.2
		route add fd00:198:18::/64 via fd00:88::2
	END
}

lab_internet_batch() {
	cat <<-END
		address add 10.88.0.2/24 dev eth0
		address add fd00:88::2/64 dev eth0 nodad
		link set lo up
		link set eth0 up
		route add 10.77.0.0/16 via 10.88.0.1
		route add default via fd00:88::1
		route add local 198.18.0.0/15 dev lo
		route add local fd00:198:18::/64 dev lo
		route add blackhole 192.0.2.0/24
		route add unreachable 198.51.100.0/24
	END
}

# Runs a command in the network namespace of a role; nothing else is isolated.
lab_in() { # role, command…
	local role=$1
	shift
	nsenter --net="/run/netns/$LAB_NAME$role" -- "$@"
}

lab_settings() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	local write='for pair; do echo "${pair#*=}" >"/proc/sys/net/${pair%%=*}"; done'
	lab_in host sh -c "$write" sh ipv4/ip_forward=1 ipv6/conf/all/forwarding=1 ipv4/tcp_fastopen=3 \
		'ipv4/ip_local_port_range=10000 65000'
	lab_in client sh -c "$write" sh ipv4/tcp_fastopen=3 'ipv4/ip_local_port_range=10000 65000'
	lab_in internet sh -c "$write" sh ipv4/ip_forward=1 ipv4/tcp_fastopen=3 ipv4/icmp_ratelimit=0
}

lab_up() { # name, the namespaces' common prefix
	local role
	LAB_NAME=$1
	for role in client host internet; do
		ip netns add "$LAB_NAME$role"
	done
	ip link add eth0 netns "${LAB_NAME}client" type veth peer name client netns "${LAB_NAME}host"
	ip link add eth0 netns "${LAB_NAME}internet" type veth peer name internet netns "${LAB_NAME}host"
	for role in client host internet; do
		"lab_${role}_batch" | ip -netns "$LAB_NAME$role" -batch -
	done
	lab_settings
}

# Removes the namespaces and ends whatever still runs in them.
lab_down() {
	local role namespace pids
	[ -n "$LAB_NAME" ] || return 0
	for role in client host internet; do
		namespace=$LAB_NAME$role
		[ -e "/run/netns/$namespace" ] || continue
		mapfile -t pids < <(ip netns pids "$namespace")
		[ "${#pids[@]}" -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
		ip netns delete "$namespace"
	done
	LAB_NAME=
}
