#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# block, unblock, allow, disallow, list: with and without a daemon, all or nothing, and not what locks the operator out.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/guard.sh
. "$(dirname "${BASH_SOURCE[0]}")/guard.sh"

says() { # wanted, command, argument…
	local got
	got=$(guard "${@:2}")
	[ "$got" = "$1" ] || fail "'${*:2}' says '$got', not '$1'"
	echo "ok: ${*:2}"
}

list() { # jq filter
	"$RELAYTRAP" list --json --pin-dir "$PIN_DIR" | jq -c "$1"
}

in_force() {
	list '[.guard[] | select(.in_force) | .port]'
}

pins=(--pin-dir "$PIN_DIR")
places=$'\nguarded: client (generic), internet (generic)'

need jq
begin
lab_up "$RT_ID"
command=(nsenter "--net=/run/netns/${LAB_NAME}host" "$RELAYTRAP")

# Bad words: nothing is tried, nothing is loaded.
for port in 0 65536 abc 9-5 '80,' ''; do
	refused 2 'port|range' "${command[@]}" block "${pins[@]}" 25 "$port"
	refused 2 'port|range' "${command[@]}" unblock "${pins[@]}" "$port"
done
refused 2 'block needs an argument' "${command[@]}" block "${pins[@]}"
refused 2 '65535 ports are more than can be blocked, 255' "${command[@]}" block "${pins[@]}" any
refused 2 '256 ports are more' "${command[@]}" block "${pins[@]}" 8000-8255
for network in 10.0.0.1/8 300.0.0.1 10.0.0.0/33 ::1/129 here; do
	refused 2 "$network" "${command[@]}" allow "${pins[@]}" 192.0.2.0/24 "$network"
	refused 2 "$network" "${command[@]}" disallow "${pins[@]}" "$network"
done
refused 1 'port 22 .*--force' "${command[@]}" block "${pins[@]}" 20-30
# A remote session on a port of its own, known by its shell, out of whose child sudo has taken it.
refused 1 'port 2222 .*your own remote session.*--force' \
	env SSH_CONNECTION='192.0.2.7 50000 192.0.2.1 2222' bash -c 'env -u SSH_CONNECTION "$@"; exit $?' bash \
	"${command[@]}" block "${pins[@]}" 2222
[ ! -e "$PIN_DIR" ] || fail "a refused command has loaded something"
says "nothing is blocked: nothing is pinned in $PIN_DIR" unblock 25
says 'not allowed before: 192.0.2.0/24' disallow 192.0.2.0/24

# Several at once, with nothing pinned: one of them makes the instance, none undoes what another did.
for port in 7001 7002 7003 7004; do
	start host "block$port" "$RELAYTRAP" block "${pins[@]}" "$port"
done
for port in 7001 7002 7003 7004; do
	finish "block$port"
	[ "$ENDED" -eq 0 ] || fail "block $port: $(cat "block$port.log")"
done
[ "$(in_force)" = '[7001,7002,7003,7004]' ] || fail "in force: $(in_force)"
unload

# Without a daemon.
says "blocked: 6515,8000-8002$places" block 8000-8002 6515
says "blocked before: 6515$places" block 6515
says "blocked before, now on these terms: 6515$places" block 6515 --expire 1h
# An hour from the command on, which came a moment after the first one.
[ "$(list '.guard[] | select(.port == 6515) | .expires >= .since + 3600 and .expires < now + 3601')" = true ] ||
	fail "no expiry: $(list .guard)"
says "blocked before, now on these terms: 6515$places" block 6515
says $'unblocked: 8001\nnot blocked before: 25' unblock 8001,25
says "blocked again: 8001$places" block 8001
[ "$(in_force)" = '[6515,8000,8001,8002]' ] || fail "in force: $(in_force)"
says "blocked: 22$places" block 22 --force
says 'unblocked: 22' unblock 22
refused 1 "in mode observe" "${command[@]}" block "${pins[@]}" 25 --mode dry-run
# 4 are blocked: 251 more fit, 252 do not, and then none of them is blocked.
refused 1 '255 ports at most .* nothing was changed' "${command[@]}" block "${pins[@]}" 20000-20251
[ "$(in_force)" = '[6515,8000,8001,8002]' ] || fail "in force after a refusal: $(in_force)"

# Networks, from the command line and from standard input.
says 'allowed: 192.0.2.0/24, 198.51.100.7/32, 2001:db8::/32' allow 192.0.2.0/24 2001:db8::/32 198.51.100.7
says 'allowed before: 192.0.2.0/24' allow 192.0.2.0/24
printf '# partners\n203.0.113.0/24  # one\n\n fd00::/8\n' >networks
got=$(guard allow - <networks)
[ "$got" = 'allowed: 203.0.113.0/24, fd00::/8' ] || fail "allow of standard input says '$got'"
printf '10.1.0.0/16\n10.2.0.0/16\n10.3.0.1/16\n10.4.0.0/16\n' >networks
status=0
guard allow - <networks 2>allow.err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status of a bad list: $(cat allow.err)"
grep -q 'line 3.*10.3.0.0/16' allow.err || fail "the line is not named: $(cat allow.err)"
[ "$(list '[.allow[].network]')" = '["192.0.2.0/24","198.51.100.7/32","203.0.113.0/24","2001:db8::/32","fd00::/8"]' ] ||
	fail "allowed: $(list '.allow')"
says $'no longer allowed: 192.0.2.0/24\nnot allowed before: 192.0.3.0/24' disallow 192.0.2.0/24 192.0.3.0/24

# A daemon takes over; what its settings allow comes and goes with them, an operator's stays.
watch_ports --netns "/run/netns/${LAB_NAME}host" --interval 200ms --allow 192.0.2.0/25,203.0.113.0/24
[ "$(in_force)" = '[6515,8000,8001,8002]' ] || fail "in force after the take-over: $(in_force)"
origin() { # network
	list "[.allow[] | select(.network == \"$1\") | .origin]"
}
is '["settings"]' "what the settings allow" origin 192.0.2.0/25
is '["operator"]' "what both allow" origin 203.0.113.0/24
says 'allowed by the settings before, now by you: 192.0.2.0/25' allow 192.0.2.0/25
says "blocked: 25$places" block 25
says 'unblocked: 25,6515,8000-8002' unblock 25,6515,8000-8002
is '[]' "interfaces when nothing is blocked" list .interfaces
says "blocked again: 6515$places" block 6515 --expire 300ms
wait_until 10 "the block to end" has_line relaytrap 'port 6515, blocked by an operator, is blocked no more: its time is over'
is '[]' "blocks in force after that" in_force
refused 1 'a daemon is active' "${command[@]}" block "${pins[@]}" 25 --interface client
stop relaytrap
echo 'allow = 10.5.0.0/16' >relaytrap.conf
chmod 644 relaytrap.conf
watch_ports --netns "/run/netns/${LAB_NAME}host" --config relaytrap.conf
is '["settings"]' "what the file allows" origin 10.5.0.0/16
echo 'allow = 10.6.0.0/16' >relaytrap.conf
kill -HUP "${RT_PIDS[relaytrap]}"
is '["settings"]' "what the file allows when it was read again" origin 10.6.0.0/16
is '[]' "what it allows no more" origin 10.5.0.0/16
is '["operator"]' "an operator's, when the settings are gone" origin 192.0.2.0/25
guard block 6515 >/dev/null
stop relaytrap

[ "$(attached client)" = ' xdpgeneric' ] || fail "the guard does not stand"
unload
[ ! -e "$PIN_DIR" ] || fail "$PIN_DIR is still there"
[ -z "$(attached client)" ] || fail "the guard still stands"
