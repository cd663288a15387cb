#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The connecting process is in another network namespace and cgroup than the accepting one: told apart.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/$RT_ID
mkdir "$cgroup" || fail "no group can be made in the cgroup v2 hierarchy"
watch_ports --port 6515
python_server relay relay.py --model handover --worker-netns "/run/netns/${LAB_NAME}client" --worker-cgroup "$cgroup"
worker=$(pgrep -P "${RT_PIDS[relay]}")
load --connections 300
expect_relay "process($worker).accepts == accepts" "process($worker).connects == connects" \
	"process($worker).netns == $(lab_inode client)" "process($worker).cgroup == '/$RT_ID'" 'ports == [6515]'
