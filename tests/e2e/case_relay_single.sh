#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Open proxies of one process, on threads, epoll and io_uring: relaying by the 25th upstream.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need microsocks tinyproxy privoxy
begin
lab 8080
printf '%s\n' 'Port 6515' 'Listen 0.0.0.0' 'ConnectPort 8080' 'MaxClients 100' 'Timeout 60' >tinyproxy.conf
echo 'listen-address 0.0.0.0:6515' >privoxy.conf

relay microsocks 'server relay microsocks -i 0.0.0.0 -p 6515' --mode socks5
relay tinyproxy "server relay tinyproxy -d -c $RT_TMP/tinyproxy.conf"
relay privoxy "server relay privoxy --no-daemon $RT_TMP/privoxy.conf"
relay 'python, asyncio' 'python_server relay proxy.py'
relay 'python, threads' 'python_server relay relay.py'
relay 'SOCKS on threads' 'python_server relay socks.py' --mode socks5
relay 'main thread has exited' 'compiled_server relay thread_relay'
relay 'io_uring, multishot' 'compiled_server relay uring_relay multishot'
relay 'io_uring, direct descriptors' 'compiled_server relay uring_relay direct'
