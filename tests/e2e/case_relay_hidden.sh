#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Relays behind TLS, that take their time, or that need one connection only: relaying by the 25th upstream.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need stunnel4 microsocks openssl
begin
lab 8080

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=front -keyout key.pem \
	-out cert.pem 2>/dev/null

tunnel() { # accept, connect, line…
	printf '%s\n' 'foreground = yes' 'pid =' '[tunnel]' "accept = $1" "connect = $2" "${@:3}"
}
tunnel 127.0.0.1:7000 10.77.0.254:6515 'client = yes' >client.conf
tunnel 0.0.0.0:6515 127.0.0.1:9000 "cert = $RT_TMP/cert.pem" "key = $RT_TMP/key.pem" >front.conf

behind_tls() {
	SERVER_PORT=9000 server back microsocks -i 127.0.0.1 -p 9000
	server relay stunnel4 "$RT_TMP/front.conf"
}

one_connection() { # upstreams
	start client load "$RT_PY/mux.py" load --hold --targets "198.18.0.1+$1"
	wait_until 20 "the client" has_line load '^holding'
}

start client tls stunnel4 "$RT_TMP/client.conf"
wait_until 20 "the client's tunnel" listening client 7000
relay 'stunnel before microsocks' behind_tls --mode socks5 --proxy 127.0.0.1:7000 --sources ''
relay 'SOCKS, connects 1 s later' 'python_server relay socks.py --delay 1' --mode socks5

for upstreams in 25 100; do
	judge 6515
	python_server relay mux.py serve
	relaying "one connection, $upstreams upstreams" 6515 $upstreams one_connection $upstreams
	stop load
	end_round relay
done
