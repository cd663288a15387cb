#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The server side of ssh -D: one connection of one client, held open, and upstreams over it.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need ssh ssh-keygen /usr/sbin/sshd
begin
lab 8080
judge 22
ssh_server
start client tunnel "${SSH[@]}" -N -D 127.0.0.1:1080
wait_until 20 "the tunnel" listening client 1080
relaying 'ssh -D, the server side' 22 25 load --mode socks5 --proxy 127.0.0.1:1080 --sources '' --connections 25 \
	--targets 198.18.0.1+25 --port 8080 --rate 50
