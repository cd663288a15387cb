#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A process that takes another name, by itself or by exec, is shown under the name that it has now.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
python_server manager relay.py --name manager --model activate
load --connections 20
expect 'accepts == 20' "process($(listener 6515)).comm == 'relay'" "process('relay').accepts == 20"
end_round manager

watch_ports --port 6515
python_server manager relay.py --name manager --model split
load --connections 20
expect 'accepts == 20' "comms() == ['acceptor', 'connector', 'relay']"
