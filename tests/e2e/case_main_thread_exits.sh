#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The main thread has exited, the others go on: still one living process, with all its counts.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
watch_ports --port 6515
compiled_server relay thread_relay
load --connections 300
expect_relay "pids() == [${RT_PIDS[relay]}]" 'processes[0].accepts == accepts' 'processes[0].connects == connects'
