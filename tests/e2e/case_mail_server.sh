#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A mail server whose master forked a receiver and a sender: what the sender opens is not of the service.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 25
lab_server host master "$RT_PY/mailserver.py"
load --mode plain --proxy 10.77.0.254:25 --connections 100
expect --port 25 'sink.connections == 100' 'accepts == 100' 'connects == 0' 'fan_out == 0' 'mail_connects == 0' \
	"process('receiver').accepts == 100"
