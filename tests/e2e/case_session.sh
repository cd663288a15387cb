#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# In a session by ssh its port is not blocked without --force, also where nothing but the ssh server tells of it.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

begin
need ssh ssh-keygen /usr/sbin/sshd
lab_up "$RT_ID"
ssh_server
session=(nsenter --net="/run/netns/${LAB_NAME}client" "${SSH[@]}")
for clean in 'exec' 'exec env -i'; do
	refused 1 'port 22 is the one that your own remote session comes in on.*--force' \
		"${session[@]}" "$clean $RELAYTRAP block 22 --pin-dir $PIN_DIR"
	[ ! -e "$PIN_DIR" ] || fail "a refused command has loaded something"
done
# Another port of the same host is not the session's.
got=$("${session[@]}" "exec env -i $RELAYTRAP block 6515 --pin-dir $PIN_DIR")
[ "${got%%$'\n'*}" = 'blocked: 6515' ] || fail "block says $got"
