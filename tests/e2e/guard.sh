#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What the cases of the guard share: requests that are sent, and nftables as the witness of what arrives. Sourced.

LOOKS=(6515 6516)

# Counts requests as they leave the client and as they come to the host's stack, behind the guard.
witness() {
	local port rules=()
	for port in "${LOOKS[@]}"; do
		rules+=("tcp dport $port tcp flags & (syn | ack) == syn counter name p$port")
	done
	{
		echo "table inet witness {"
		printf 'counter p%s { }\n' "${LOOKS[@]}"
		printf '%s\n' "chain sent {" "type filter hook output priority 0;"
		printf '%s\n' "${rules[@]}" "}" "}"
	} | lab_in client nft -f -
	{
		echo "table inet witness {"
		printf 'counter p%s { }\n' "${LOOKS[@]}"
		printf '%s\n' "chain come {" "type filter hook prerouting priority -300;"
		printf '%s\n' "${rules[@]}" "}" "}"
	} | lab_in host nft -f -
}

witnessed() { # role, port
	lab_in "$1" nft -j list counter inet witness "p$2" | jq '.nftables[] | .counter? // empty | .packets'
}

forget() {
	lab_in client nft reset counters >/dev/null
	lab_in host nft reset counters >/dev/null
}

knock() { # addresses, port, count, option…
	lab_in client "$RT_PY/knock.py" "$@"
}

prints() { # wanted, command…
	got=$("${@:2}")
	[ "$got" = "$1" ]
}

# A command must print this, soon: packets take their time. What must not arrive is asked for after what must.
is() { # wanted, what, command…
	local limit=$((SECONDS + $(patience 10))) wanted=$1 what=$2 got
	shift 2
	until prints "$wanted" "$@"; do
		[ "$SECONDS" -le "$limit" ] || fail "$what: '$got', not '$wanted'"
		sleep 0.05
	done
	echo "ok: $what: $got"
}

# relaytrap in the host's network namespace.
guard() { # command, argument…
	lab_in host "$RELAYTRAP" "$1" --pin-dir "$PIN_DIR" "${@:2}"
}

blocked() { # port, field
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" | jq ".guard[] | select(.port == $1) | .$2"
}

stands() { # interface
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" | jq -r ".interfaces[] | select(.name == \"$1\") | .xdp"
}

# What the kernel itself says of an interface's XDP program: xdp, xdpgeneric or nothing.
attached() { # interface
	lab_in host ip -o link show dev "$1" | grep -o ' xdp[a-z]*' || true
}
