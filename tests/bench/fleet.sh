#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# fleet.sh [HOSTS [SERVICES]]: what relaytrap's metrics cost a fleet. Prints series and bytes of one host by its number
# of services, then has a Prometheus scrape HOSTS (200) of SERVICES (3) each, every 15 s, with the rules loaded.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
hosts=${1:-200} services=${2:-3}
relaytrap=${RELAYTRAP:-$root/build/relaytrap}
name=rtbench$$
net=--net=/run/netns/$name
pin_dir=/sys/fs/bpf/relaytrap-$name

cleanup() {
	local status=$? pids
	trap - EXIT
	mapfile -t pids < <(jobs -p)
	[ "${#pids[@]}" -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	[ ! -e "$pin_dir" ] || "$relaytrap" unload --pin-dir "$pin_dir" >/dev/null || status=1
	ip netns delete "$name" 2>/dev/null || true
	rm -rf "$scratch"
	exit "$status"
}

query() { # expression
	nsenter "$net" -- tests/e2e/tools/prometheus.py query "$1"
}

# SERVICES programs of different names, each with a listener; then what relaytrap writes about them.
write_file() { # number of services
	local i daemon pids=()
	for ((i = 0; i < $1; i++)); do
		ln -sf "$(command -v microsocks)" "$scratch/service$i"
		nsenter "$net" -- "$scratch/service$i" -i 127.0.0.1 -p $((7000 + i)) &
		pids+=($!)
	done
	rm -f "$scratch/prom/relaytrap.prom"
	"$relaytrap" run --port 7000-7499 --netns "/run/netns/$name" --pin-dir "$pin_dir" --prom-dir "$scratch/prom" \
		--interval 200ms 2>/dev/null &
	daemon=$!
	for ((i = 0; i < 100; i++)); do
		! grep -qs "^relaytrap_services{verdict=\"quiet\"} $1$" "$scratch/prom/relaytrap.prom" || break
		sleep 0.1
	done
	kill "$daemon"
	wait "$daemon"
	if [ "${#pids[@]}" -gt 0 ]; then
		kill "${pids[@]}"
		wait "${pids[@]}" 2>/dev/null || true
	fi
	"$relaytrap" unload --pin-dir "$pin_dir" >/dev/null 2>&1
	grep -q "^relaytrap_services{verdict=\"quiet\"} $1$" "$scratch/prom/relaytrap.prom"
}

# user and system time of a process, in hundredths of a second
cpu() { # pid
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

((EUID == 0)) || { echo "fleet: makes a network namespace; run it as root" >&2; exit 1; }
scratch=$(mktemp -d)
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$scratch/prom"
ip netns add "$name"
ip -netns "$name" link set lo up

echo "services  series  bytes (prom_services 50)"
for count in 0 1 3 10 50 200; do
	write_file "$count"
	printf '%8d %7d %6d\n' "$count" "$(grep -c '^relaytrap_' "$scratch/prom/relaytrap.prom")" \
		"$(stat -c %s "$scratch/prom/relaytrap.prom")"
done

write_file "$services"
{
	echo "global: { scrape_interval: 15s, evaluation_interval: 15s }"
	echo "rule_files: [$root/packaging/prometheus/relaytrap.rules.yml]"
	echo "scrape_configs: [{ job_name: node, static_configs: ["
	for ((i = 0; i < hosts; i++)); do
		echo "  { targets: ['127.0.0.1:9100'], labels: { instance: 'host-$i' } },"
	done
	echo "] }]"
} >"$scratch/prometheus.yml"
nsenter "$net" -- prometheus-node-exporter --collector.disable-defaults --collector.textfile --web.disable-exporter-metrics \
	--collector.textfile.directory="$scratch/prom" --web.listen-address=127.0.0.1:9100 --log.level=error &
nsenter "$net" -- prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/tsdb" \
	--web.listen-address=127.0.0.1:9090 --log.level=error &
prometheus=$!
sleep 45
before=$(cpu "$prometheus")
sleep 60
after=$(cpu "$prometheus")
echo "$hosts hosts of $services services, scraped every 15 s, after 105 s:"
echo "  series of relaytrap      $(query 'sum(scrape_samples_scraped)') of node_exporter, a few of its own among them"
echo "  series in all            $(query 'sum(count by (__name__) ({__name__!=""}))')"
echo "  memory of Prometheus     $(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$prometheus/status") MiB resident"
echo "  processor of Prometheus  $(((after - before) * 100 / 6000)) % of one"
echo "  hosts up                 $(query 'sum(up)')"
echo "  alerts firing            $(query 'count by (alertname) (ALERTS{alertstate="firing"})' | tr '\n' ' ')"
