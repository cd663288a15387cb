#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The running daemon holds the capabilities that check lists, no other; it counts, judges and reloads with them.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need setpriv
begin
lab 8080
declare -A bits=([CAP_DAC_OVERRIDE]=1 [CAP_NET_ADMIN]=12 [CAP_SYS_PTRACE]=19 [CAP_SYS_ADMIN]=21 [CAP_PERFMON]=38 [CAP_BPF]=39)

field() { # name: of the daemon's status
	sed -n "s/^$1:[[:space:]]*//p" "/proc/${RT_PIDS[relaytrap]}/status"
}
given_up() {
	[ "$(field NoNewPrivs)" = 1 ]
}
holds_just() { # capability…
	local wanted=0 capability name
	for capability; do
		wanted=$((wanted | 1 << bits[$capability]))
	done
	wait_until 10 "the privileges to be given up" given_up
	for name in CapEff CapPrm CapBnd; do
		[ $((16#$(field $name))) -eq "$wanted" ] || fail "$name is $(field $name), not that of $*"
	done
	[ "$(field CapInh)$(field CapAmb)" = 00000000000000000000000000000000 ] || fail "something is inherited"
}
check_lists() { # capability…
	[ "$("$RELAYTRAP" check --pin-dir "$PIN_DIR" | grep -o '^ok *CAP_[A-Z_]*' | awk '{ print $2 }' | xargs)" = "$*" ] ||
		fail "check does not list $*"
}
reload() { # content of the file, pattern of the answer
	printf '%b' "$1" >relaytrap.conf
	kill -HUP "${RT_PIDS[relaytrap]}"
	wait_until 10 "the answer" has_line relaytrap "$2"
}

usual=(CAP_NET_ADMIN CAP_SYS_PTRACE)
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
printf 'port = 6515\nhold = 0s\n' >relaytrap.conf
watch_ports --config relaytrap.conf
stop relaytrap
watch_ports --config relaytrap.conf --interval 200ms # takes over: nothing of its own is loaded but to walk
holds_just "${usual[@]}"
check_lists "${usual[@]}"

# Counted and judged, of a program whose /proc another user may not read.
cp "$RT_PY"/*.py .
chmod 755 .
lab_server host proxy "${as_nobody[@]}" ./proxy.py
load --connections 40 --targets 198.18.0.1+40 --port 8080
expect 'accepts == 40' 'connects == 40' "verdict in ('suspect', 'relaying')"
wait_until 10 "the verdict" has_line relaytrap 'port 6515 .* is \(suspect\|relaying\)'
! grep unreadable_processes relaytrap.log || fail "the daemon cannot read it"

# Another port: what is there already is found by walking the sockets.
lab_server host other "${as_nobody[@]}" ./proxy.py --listen 0.0.0.0:8888
reload 'port = 8888\nhold = 0s\n' 'watching port 8888$'
expect --port 8888 'listeners == 1' 'process("asyncproxy").accepts == 0'
load --connections 5 --targets 198.18.0.1+5 --port 8080 --proxy 10.77.0.254:8888
expect --port 8888 'accepts == 5' 'connects == 5'

# What would take more than is left is not changed.
reload 'port = 8888\nmode = enforce\n' 'watching port 8888; not changed without a new start: mode (CAP_BPF was given up'
expect --port 8888 "document.mode == 'observe'"
reload 'port = 8888\nmode = dry-run\n' 'watching port 8888$'
expect --port 8888 "document.mode == 'dry-run'"
! has_line relaytrap 'Operation not permitted' || fail "something was refused"
stop relaytrap

mkdir -m 755 metrics
chown 65534 metrics
rm relaytrap.conf
watch_ports --mode enforce --prom-dir "$RT_TMP/metrics"
holds_just "${usual[@]}" CAP_BPF CAP_PERFMON CAP_SYS_ADMIN CAP_DAC_OVERRIDE
RELAYTRAP_MODE=enforce RELAYTRAP_PROM_DIR=$RT_TMP/metrics \
	check_lists "${usual[@]}" CAP_BPF CAP_PERFMON CAP_SYS_ADMIN CAP_DAC_OVERRIDE
wait_until 10 "metrics in another user's folder" test -s metrics/relaytrap.prom
stop relaytrap
watch_ports --netns "/run/netns/${LAB_NAME}host"
holds_just "${usual[@]}" CAP_SYS_ADMIN
