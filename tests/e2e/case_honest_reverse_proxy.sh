#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Reverse proxies are forwarding, with 2 upstreams or 40 private ones; with 40 public ones at worst suspect,
# and that only while there are new ones.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need nginx socat curl
begin
world --web 80
ip -netns "${LAB_NAME}internet" route add local 10.99.0.0/24 dev lo
ip -netns "${LAB_NAME}host" route add 10.99.0.0/24 via 10.88.0.2

balance() { # upstream's network, how many
	{
		echo "daemon off; pid $RT_TMP/nginx.pid; error_log stderr; worker_processes 2; events { }"
		echo 'http { access_log off; upstream far {'
		for ((i = 1; i <= $2; i++)); do echo "server $1.$i:80;"; done
		echo '} server { listen 6515; location / { proxy_pass http://far; } } }'
	} >nginx.conf
	server nginx nginx -p "$RT_TMP" -c "$RT_TMP/nginx.conf" -e stderr
}

forwarding() { # program, upstreams, command that starts it as "nginx"…
	judge 6515
	"${@:3}"
	honest "$1"
	browse 60 '/?[1-300]'
	expect 'accepts >= 300' 'connects == sink.connections' "sink.targets == $2" "verdict == 'forwarding'"
	judged
	end_round nginx
}

forwarding 'nginx, 2 upstreams' 2 balance 198.18.0 2
forwarding 'nginx, 40 private upstreams' 40 balance 10.99.0 40
forwarding 'socat, 1 upstream' 1 server nginx socat TCP-LISTEN:6515,fork,reuseaddr TCP:198.18.0.1:80

# The verdict is held for a moment only, so that its fall is seen.
for rate in 60 20; do
	judge 6515 --hold 2s
	balance 198.18.0 40
	follow "nginx, 40 public upstreams, $rate requests/s" --at-most suspect
	browse $rate "/?[1-$((100 + 4 * rate))]"
	expect 'sink.targets == 40' 'fan_out == 40' "verdict == 'forwarding'"
	browse 60 '/?[1-80]'
	expect --for 0 "verdict == 'forwarding'"
	judged
	end_round nginx
done
