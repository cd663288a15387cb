#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fleet-lab.sh: a fleet in network namespaces. Three hosts, each with relaytrap and node_exporter, one Prometheus,
# one Alertmanager. One host begins to relay: exactly one alert must fire, name it, and resolve.
#
# FLEET_CHECK: command to run while the alert stands; PROMETHEUS is its address there.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
relaytrap=${RELAYTRAP:-$root/build/relaytrap}
tools=$root/tests/e2e/tools
hosts=(a b c)
fleet=rt$$
started=$SECONDS
# shellcheck source=scripts/lab.sh
. scripts/lab.sh

say() {
	printf '%3d s  %s\n' $((SECONDS - started)) "$*"
}

fail() {
	echo "fleet-lab: $*" >&2
	tail -v -n 15 "$scratch"/*.log >&2 2>/dev/null || true
	exit 1
}

cleanup() {
	local status=$? host pids
	trap - EXIT
	trap '' INT TERM
	mapfile -t pids < <(jobs -p)
	{
		[ "${#pids[@]}" -eq 0 ] || kill -KILL "${pids[@]}"
		wait
	} 2>/dev/null || true
	for host in "${hosts[@]}"; do
		"$relaytrap" unload --pin-dir "$(pin_dir "$host")" >/dev/null 2>&1 || true
		LAB_NAME=$fleet$host
		lab_down
	done
	ip netns delete "${fleet}monitor" 2>/dev/null || true
	rm -rf "$scratch"
	exit "$status"
}

pin_dir() { # host
	echo "/sys/fs/bpf/relaytrap-$fleet$1"
}

# A program in the background, out of reach of the terminal's Ctrl-C.
play() { # namespace, name, command…
	local log=$scratch/$2.log
	setsid nsenter --net="/run/netns/$fleet$1" -- "${@:3}" >"$log" 2>&1 &
}

# Runs a test command again until it succeeds.
wait_until() { # seconds, what, command…
	local limit=$((SECONDS + $1 * ${RT_PATIENCE:-3} * ${RT_TIME_SCALE:-1})) what=$2
	shift 2
	until "$@"; do
		[ "$SECONDS" -le "$limit" ] || fail "waited in vain for $what"
		sleep 0.1
	done
}

has_line() { # name, pattern
	grep -qs "$2" "$scratch/$1.log"
}

monitor() { # command…
	nsenter --net="/run/netns/${fleet}monitor" -- "$@"
}

query() { # expression
	monitor "$tools/prometheus.py" query "$1" 2>>"$scratch/query.log"
}

answers() { # expression, expected output
	[ "$(query "$1")" = "$2" ]
}

# The file that node_exporter reads, and the exporter itself; the lab's namespaces are one host each.
host_up() { # host, port of its exporter
	local host=$1
	mkdir "$scratch/$host"
	lab_up "$fleet$host"
	play "${host}internet" "sinks-$host" "$tools/sink.py" --log "$scratch/sinks-$host.json" 25
	play "${host}host" "agent-$host" "$tools/proxy.py" --name myAgtSvc
	setsid "$relaytrap" run --port 6515 --netns "/run/netns/$fleet${host}host" --pin-dir "$(pin_dir "$host")" \
		--prom-dir "$scratch/$host" --interval 500ms --window 10s --hold 1s >"$scratch/relaytrap-$host.log" 2>&1 &
	play monitor "exporter-$host" prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$scratch/$host" --web.listen-address="127.0.0.1:$2"
}

host_ready() { # host
	wait_until 20 "the sinks of host $1" has_line "sinks-$1" ^ready
	wait_until 20 "the agent of host $1" has_line "agent-$1" ^ready
	wait_until 20 "relaytrap on host $1" has_line "relaytrap-$1" '^relaytrap: counting'
}

monitor_config() {
	cat >"$scratch/prometheus.yml" <<-END
		global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
		rule_files: [$root/packaging/prometheus/relaytrap.rules.yml]
		alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] }
		scrape_configs:
		  - job_name: node
		    static_configs:
		      - { targets: ["127.0.0.1:9101"], labels: { instance: host-a } }
		      - { targets: ["127.0.0.1:9102"], labels: { instance: host-b } }
		      - { targets: ["127.0.0.1:9103"], labels: { instance: host-c } }
	END
	cat >"$scratch/alertmanager.yml" <<-END
		route: { receiver: pager, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
		receivers: [{ name: pager, webhook_configs: [{ url: "http://127.0.0.1:9999/", send_resolved: true }] }]
	END
}

monitor_up() {
	monitor_config
	play monitor pager "$tools/webhook.py" --port 9999
	play monitor alertmanager prometheus-alertmanager --config.file="$scratch/alertmanager.yml" --log.level=warn \
		--storage.path="$scratch/alertmanager" --web.listen-address=127.0.0.1:9093 --cluster.listen-address=
	play monitor prometheus prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/tsdb" \
		--web.listen-address=127.0.0.1:9090 --log.level=warn
	wait_until 20 "the pager" has_line pager ^ready
}

clients() { # host, argument of load.py…
	play "${1}client" "clients-$1" "$tools/load.py" --out "$scratch/clients-$1.json" "${@:2}"
}

# What was sent to the pager, without what only helps people.
pages() {
	grep '^{' "$scratch/pager.log" | jq -r '[.status, .alertname, .instance, .service] | join(" ")'
}

paged() { # expected output
	[ "$(pages)" = "$1" ]
}

(( EUID == 0 )) || { echo "fleet-lab: makes network namespaces; run it as root" >&2; exit 1; }
for program in prometheus prometheus-alertmanager prometheus-node-exporter jq "$relaytrap"; do
	command -v "$program" >/dev/null || { echo "fleet-lab: $program is missing; see scripts/install-deps.sh test" >&2; exit 1; }
done
mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf
export PYTHONDONTWRITEBYTECODE=1
scratch=$(mktemp -d)
chmod 755 "$scratch"
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
ip netns add "${fleet}monitor"
ip -netns "${fleet}monitor" link set lo up
for i in 0 1 2; do
	host_up "${hosts[i]}" $((9101 + i))
done
monitor_up
for host in "${hosts[@]}"; do
	host_ready "$host"
done
all_seen='instance=host-a 1
instance=host-b 1
instance=host-c 1'
wait_until 30 "Prometheus to see three hosts" answers 'count by (instance) (relaytrap_info)' "$all_seen"
# shellcheck disable=SC2016 # no shell variables
wait_until 30 "each host's service" answers 'count by (instance) (relaytrap_service_listeners{service="myAgtSvc"} == 1)' "$all_seen"
say "three hosts are watched, each with an agent on port 6515, and every file is read:" \
	"$(query 'sum(node_textfile_scrape_error)') errors"
say "series of relaytrap on one host: $(query 'max(count by (instance) ({__name__=~"relaytrap_.*"}))')"

clients b --method GET --receive 0 --connections 40 --rate 20 --sources 10.77.1.240+8
clients a --connections 60 --rate 20 --sources 10.77.1.10+6 --targets 198.18.0.1+60 --send 2000
firing='firing RelaytrapRelaying host-a myAgtSvc'
wait_until 30 "the alert" paged "$firing"
say "the pager says: $(grep '^{' "$scratch/pager.log" | jq -r .summary)"
# The same agent served forty clients on another host, and was no relay there, even if it is quiet again by now.
wait_until 30 "host b's verdict" answers \
	'max_over_time(relaytrap_service_verdict{instance="host-b",service="myAgtSvc",verdict="probed"}[10m]) == 1 and on (instance, service) relaytrap_service_accepts_total == 40' \
	'instance=host-b job=node service=myAgtSvc verdict=probed 1'
if [ "${FLEET_CHECK:-}" ]; then
	PROMETHEUS=http://127.0.0.1:9090 monitor bash -c "$FLEET_CHECK" || fail "$FLEET_CHECK"
fi
wait_until 60 "the alert to resolve" paged "$firing
resolved RelaytrapRelaying host-a myAgtSvc"
say "resolved: the relay is quiet again"
alerts=$(query 'count by (alertname, instance, service) (count_over_time(ALERTS{alertstate="firing"}[10m]))')
[ "$alerts" = 'alertname=RelaytrapRelaying instance=host-a service=myAgtSvc 1' ] || fail "not exactly one alert: $alerts"
say "in all this time exactly one alert fired"
