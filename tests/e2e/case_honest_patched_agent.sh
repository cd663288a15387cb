#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The agent of the incident after the patch: 500 connections in, none out but a name look-up to each caller.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

begin
lab 25
judge 6515
python_server agent relay.py --name myAgtSvc
honest 'the patched agent'
load --method LOOKBACK --receive 0 --connections 500 --rate 250 --may-fail
expect 'accepts == 500' 'connects == 0' 'look_backs == 1000' "verdict == 'probed'"
judged
