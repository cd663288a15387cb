#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A known blind spot: two netcats joined by pipes. No process has read a connection and opened another.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need nc.openbsd
begin
lab 8080
mkfifo back

cat >netcats.sh <<-'END'
	for upstream in {1..25}; do
		nc.openbsd -N -l 6515 <back | nc.openbsd -N "198.18.0.$upstream" 8080 >back
	done
END

judge 6515
start host netcats bash netcats.sh
follow 'two netcats and a FIFO'
for upstream in {1..25}; do
	wait_until 20 "netcat to listen" listening host 6515
	load --mode plain --connections 1 --targets "198.18.0.$upstream"
done
expect 'sink.targets == 25' 'accepts == 25' 'connects == 0' "verdict == 'probed'"
judged
