#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# nginx stream, a master and two workers, 200 upstreams; then the same with a listener for each worker.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need nginx
begin
module=$(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')/ngx_stream_module.so
[ -e "$module" ] || fail "nginx has no stream module: run scripts/install-deps.sh test"
lab 25

configure() { # option of listen
	cat <<-END
		load_module $module;
		pid $RT_TMP/nginx.pid;
		error_log stderr;
		worker_processes 2;
		events { worker_connections 1000; }
		stream {
			upstream far { $(printf 'server 198.18.0.%d:25; ' {1..200}) }
			server { listen 6515 $1; proxy_pass far; }
		}
	END
}

# Each worker goes round the 200 by itself from the first: the busier of two reaches at least 150 with 300 connections.
for option in '' reuseport; do
	configure "$option" >nginx.conf
	watch_ports --port 6515
	server nginx nginx -p "$RT_TMP" -c "$RT_TMP/nginx.conf" -e stderr -g 'daemon off; user root;'
	load --mode plain
	expect_relay "set(comms()) == {'nginx'}" 'sum(p.accepts for p in processes) == accepts' \
		'sum(p.connects for p in processes) == connects' \
		"[p.accepts for p in processes if p.pid == ${RT_PIDS[nginx]}] in ([], [0])" 'sink.targets >= 150'
	[ -z "$option" ] || expect 'sum(p.accepts > 0 for p in processes) == 2'
	end_round nginx
done
