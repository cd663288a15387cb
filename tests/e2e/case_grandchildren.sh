#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A program that socat starts through a shell connects for a service that only its grandfather reads for.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need socat
begin
lab 25
server relay socat TCP-LISTEN:6515,fork,reuseaddr SYSTEM:'exec socat - TCP\:198.18.0.7\:25'
watch_ports --port 6515
load --mode plain --connections 30 --parallel 1
expect 'accepts == 30' 'sink.connections == 30' 'connects == 30' 'connect_failures == 0' 'fan_out == 1'
