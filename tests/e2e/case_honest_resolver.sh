#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# unbound, asked over TCP, resolves names of 60 servers, some of which answer over TCP only.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need unbound
begin
world --names 53
judge 6515

cat >unbound.conf <<-END
	server:
		interface: 0.0.0.0@6515
		access-control: 10.77.0.0/16 allow
		username: ""
		chroot: ""
		directory: "$RT_TMP"
		pidfile: ""
		use-syslog: no
		do-daemonize: no
		do-ip6: no
		do-not-query-localhost: no
		module-config: "iterator"
	remote-control:
		control-enable: no
	$(for i in {1..60}; do
		printf 'stub-zone:\n\tname: "zone%d.example"\n\tstub-addr: 198.18.0.%d\n' "$i" "$i"
	done)
END

server unbound unbound -c "$RT_TMP/unbound.conf"
honest 'unbound'
lab_in client "$RT_PY/ask.py" | grep -x 'known 300' || fail "not all names were found"
expect 'accepts == 300' 'connects == sink.connections' 'connects > 0' 'udp_fan_out == 60'
judged
