#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Open proxies of several processes, forked before or after, or handing on: relaying by the 25th upstream.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need nginx apache2 socat curl
begin
lab 8080
lab_server internet world "$RT_PY/world.py" --log sinks.json --web 80

cat >apache.conf <<-END
	ServerRoot $RT_TMP
	ServerName proxy
	PidFile apache.pid
	ErrorLog /dev/stderr
	User nobody
	Group nogroup
	Listen 6515
	$(for module in mpm_prefork authz_core proxy proxy_connect; do
		echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
	done)
	ProxyRequests on
	AllowCONNECT 80
END

cat >danted.conf <<-END
	logoutput: stderr
	internal: 10.77.0.254 port = 6515
	external: 10.88.0.1
	clientmethod: none
	socksmethod: none
	user.privileged: root
	user.unprivileged: nobody
	client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
	socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
END

cat >nginx.conf <<-END
	load_module $(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')/ngx_stream_module.so;
	daemon off;
	pid $RT_TMP/nginx.pid;
	error_log stderr;
	worker_processes 2;
	events { worker_connections 1000; }
	stream {
		map \$remote_addr \$far { $(for i in {1..25}; do echo "10.77.1.$i 198.18.0.$i:8080;"; done) }
		server { listen 6515; proxy_pass \$far; }
	}
END

# Reads the request by itself, then leaves the connection to another program.
cat >connect.sh <<-'END'
	#!/bin/bash
	read -r method target rest
	read -r empty
	printf 'HTTP/1.1 200 relayed\r\n\r\n'
	exec socat STDIO "TCP:$target"
END
chmod +x connect.sh

relay 'prefork, 4 children' 'python_server relay relay.py --model prefork'
relay 'SOCKS, a child for each' 'python_server relay socks.py --model fork' --mode socks5
relay 'double fork, orphans' 'python_server relay relay.py --model double-fork'
relay 'descriptors handed on' 'python_server relay relay.py --model handover'
relay 'read, connect, relay apart' 'python_server relay relay.py --model split'
relay 'socket activation' 'python_server relay relay.py --model activate'
# Debian 13 has no package of it.
if command -v danted >/dev/null; then
	relay dante "server relay danted -f $RT_TMP/danted.conf" --mode socks5
fi
relay 'nginx, variable upstream' "server relay nginx -p $RT_TMP -c $RT_TMP/nginx.conf -e stderr" --mode plain
relay 'socat, shell, socat' "server relay socat TCP-LISTEN:6515,fork,reuseaddr EXEC:$RT_TMP/connect.sh"

judge 6515
server relay apache2 -f "$RT_TMP/apache.conf" -DFOREGROUND
relaying 'apache, mod_proxy_connect' 6515 25 \
	lab_in client curl -sS -o /dev/null -p -x http://10.77.0.254:6515 --rate 50/s 'http://198.18.0.[1-25]/'
