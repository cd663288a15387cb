#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Three hosts, Prometheus, Alertmanager: a relay on one fires one alert; the rules and the dashboard are right.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need prometheus prometheus-alertmanager prometheus-node-exporter promtool
begin
rules=$RT_ROOT/packaging/prometheus
promtool check rules "$rules/relaytrap.rules.yml" || fail "promtool objects to the rules"
(cd "$rules" && promtool test rules relaytrap.rules.test.yml) || fail "the rules fail their tests"
# Each alert has a test.
sed -n 's/^ *- alert: //p' "$rules/relaytrap.rules.yml" | while read -r alert; do
	grep -A 3 "alertname: $alert$" "$rules/relaytrap.rules.test.yml" | grep -q 'exp_labels' || fail "no test has $alert fire"
done
start - fleet env FLEET_CHECK="$RT_PY/prometheus.py dashboard $rules/grafana-dashboard.json" \
	"$RT_ROOT/scripts/fleet-lab.sh"
finish fleet
cat fleet.log
[ "$ENDED" -eq 0 ] || fail "the lab ended with $ENDED"
grep -q ' 0 without data' fleet.log || fail "the dashboard was not checked"
