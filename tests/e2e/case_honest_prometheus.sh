#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Prometheus scrapes 100 hosts, and is queried.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need prometheus curl
begin
world --web 9100
judge 6515

cat >prometheus.yml <<-END
	global: { scrape_interval: 2s }
	scrape_configs:
	  - job_name: hosts
	    static_configs:
	      - targets: [$(printf '"198.18.0.%d:9100",' {1..100})]
END

server prometheus prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=0.0.0.0:6515
honest 'Prometheus, 100 targets'
# From here on it connects no more, and tells by far less than it has learnt: queries that by chance kept step with its
# connections, and answers that by chance came to as many bytes, would be a relay by all that can be seen.
wait_until 20 "the first round" expect --for 1 'sink.targets == 100' 2>/dev/null
browse 40 '/api/v1/query?query=count(up)&time=&n=[1-240]'
expect 'accepts >= 240' 'connects == sink.connections' 'sink.targets == 100'
judged
