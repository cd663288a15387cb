#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What node_exporter gives equals the status, hostile names included; counters survive services and daemons.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need prometheus-node-exporter promtool microsocks
begin
lab 25 8080
mkdir prom
name=$'\e[2J"\n\\\xff\t{a="}#' # 15 bytes
cp "$RT_TOOLS/thread_relay" "$name"
daemon() { # option…
	watch_ports --port 6515,7001,7002 --netns "/run/netns/${LAB_NAME}host" --prom-dir "$RT_TMP/prom" --interval 200ms \
		--window 10s "$@"
}
scrape() { # option of scraped.py…
	lab_in host "$RT_PY/scraped.py" --status "$RELAYTRAP status --json --pin-dir $PIN_DIR" --never-less counters.json "$@" ||
		fail "the metrics are wrong"
}
# The sum over all services, past ones included, as the file says.
total() { # metric
	sed -n "s/^relaytrap_$1 //p" prom/relaytrap.prom
}
service_series() { # number
	[ "$(grep -c '^relaytrap_service_accepts_total' prom/relaytrap.prom)" -eq "$1" ]
}
through() { # port, argument of load.py…
	load --mode socks5 --proxy "10.77.0.254:$1" "${@:2}"
	accepts=$((accepts + $(jq .connections client.json)))
}
accepts=0

daemon
start host exporter prometheus-node-exporter --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$RT_TMP/prom" --web.listen-address=127.0.0.1:9100
wait_until 20 "node_exporter" listening host 9100
scrape
server hostile "$RT_TMP/$name"
for port in 7001 7002; do
	SERVER_PORT=$port server "proxy$port" microsocks -i 0.0.0.0 -p "$port"
done
load --connections 20 --targets 198.18.0.1+20
accepts=$(jq .connections client.json)
through 7001 --connections 15 --targets 198.18.1.1+15 --port 8080
through 7002 --connections 5 --targets 198.18.2.1+5
scrape
promtool check metrics <prom/relaytrap.prom || fail "promtool objects"
sed -n 's/^# TYPE relaytrap_//p' prom/relaytrap.prom | while read -r metric type; do
	grep -Eq "^\\| \`(service_)?$metric\` \\| $type \\|" "$RT_ROOT/docs/metrics.md" || fail "docs/metrics.md lacks $type $metric"
done
grep -qF "$(printf '%s' 'relaytrap_service_accepts_total{service="\\x1b[2J\"\\x0a\\\\\\xff\\x09{a=\"}#"} 20')" prom/relaytrap.prom ||
	fail "the hostile name: $(grep service_accepts prom/relaytrap.prom)"
grep -qF 'relaytrap_service_accepts_total{service="microsocks"} 20' prom/relaytrap.prom ||
	fail "two services of one name are not summed up: $(grep service_accepts prom/relaytrap.prom)"
[ "$(total accepts_total)" -eq "$accepts" ] || fail "accepts: $(total accepts_total), clients counted $accepts"
all_connects() { # the sinks write when a connection has ended
	[ "$(total connects_total)" -eq "$(wc -l <sinks.json)" ]
}
wait_until 10 "as many connects as the sinks have seen" all_connects

# Killed, started again: nothing is lost, nothing counted twice. With one place, the rest is one series.
stop relaytrap KILL
through 7001 --connections 7 --targets 198.18.3.1+7
daemon
scrape
stop relaytrap
daemon --prom-services 1
wait_until 10 "one service's series, and that of the others" service_series 2
[ "$(total accepts_total)" -eq "$accepts" ] || fail "accepts: $(total accepts_total), clients counted $accepts"
stop relaytrap
daemon
scrape

# A service ends, its slot is given back, and it starts again: its series goes on.
stop proxy7001 KILL
stop proxy7002 KILL
no_service() {
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq -e '[.services[] | select(.ports != [6515])] == []' >/dev/null
}
wait_until 40 "the slots to be given back" no_service
scrape --services-gone
SERVER_PORT=7001 server proxy7001 microsocks -i 0.0.0.0 -p 7001
through 7001 --connections 3
wait_until 10 "the last accepts" grep -q "^relaytrap_accepts_total $accepts$" prom/relaytrap.prom
grep -qF 'relaytrap_service_accepts_total{service="microsocks"} 30' prom/relaytrap.prom ||
	fail "the series does not go on: $(grep service_accepts prom/relaytrap.prom)"
scrape --services-gone

# A blocked port: what is dropped there, and who comes back to it.
"$RELAYTRAP" block 7001 --pin-dir "$PIN_DIR" # the daemon sees to the interfaces
wait_until 10 "the guard to stand" grep -q '^relaytrap_guard_attached{.*} 1$' prom/relaytrap.prom
lab_in client "$RT_PY/knock.py" 10.77.0.254 7001 3
for try in 1 2 3; do
	! lab_in client timeout 1 bash -c '</dev/tcp/10.77.0.254/7001' 2>/dev/null || fail "try $try to the blocked port went through"
done
stop proxy7001 KILL
SERVER_PORT=7001 server proxy7001 microsocks -i 0.0.0.0 -p 7001
wait_until 10 "the return to be counted" grep -qF 'relaytrap_service_blocked_returns_total{service="microsocks"} 1' \
	prom/relaytrap.prom
scrape --services-gone
for expected in 'guard_blocked{port="7001"} 1' 'guard_listeners{port="7001"} 1' 'guard_blocked{port="7002"} 0' \
	'guard_blocks{origin="operator"} 1' 'blocked_returns_total 1'; do
	grep -qF "relaytrap_$expected" prom/relaytrap.prom || fail "no $expected: $(grep guard prom/relaytrap.prom)"
done
[ "$(total 'guard_dropped_syns_total{port="7001"}')" -ge 3 ] || fail "dropped: $(grep dropped prom/relaytrap.prom)"

# What is contained.
stop relaytrap
daemon --mode enforce
load --connections 40 --rate 20 --targets 198.18.9.1+40 --patience 1 --may-fail
wait_until 10 "a containment" grep -qF 'relaytrap_services{verdict="contained"} 1' prom/relaytrap.prom
scrape --services-gone
[ "$(total prom_write_failures_total)" -eq 0 ] || fail "the file was not always written"
