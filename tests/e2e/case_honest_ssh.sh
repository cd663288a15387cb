#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# An administrator's ssh session in which downloads, git and a crawler connect to many hosts.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need ssh ssh-keygen /usr/sbin/sshd curl git
begin
world --web 80
git init -q --bare repository.git
start internet git git daemon --base-path="$RT_TMP" --export-all --reuseaddr
wait_until 20 "git" listening internet 9418
judge 22
ssh_server

honest "an administrator's ssh session" --port 22
lab_in client "${SSH[@]}" bash -euo pipefail <<-END
	curl -sSf -o /dev/null 'http://198.18.0.[1-60]/package.deb'
	for i in {1..20}; do git ls-remote -q git://198.18.1.\$i/repository.git; done
	"$RT_PY/app.py" --port 7000 --crawl 198.18.2.1+100 --rate 50 >/dev/null &
	until curl -s http://127.0.0.1:7000/ | grep -qE '[1-9][0-9][0-9]'; do sleep 0.1; done
	kill %1
END
expect --port 22 'accepts == 1' 'sink.targets >= 160' 'connects >= 180'
judged
