#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Open proxies that spam goes through: relaying by the 10th mail server.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need microsocks
begin
lab 25
export UPSTREAMS=10
relay 'mail through microsocks' 'server relay microsocks -i 0.0.0.0 -p 6515' --mode socks5 --port 25
relay 'mail through python' 'python_server relay proxy.py' --port 25
relay 'mail through forked SOCKS' 'python_server relay socks.py --model fork' --mode socks5 --port 25
