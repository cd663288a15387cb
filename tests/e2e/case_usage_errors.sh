#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Wrong options, values and configuration: one line that names the cause and the way out, exit status 2.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
run=("$RELAYTRAP" run --pin-dir "$PIN_DIR")

refused 2 'no command.*help' "$RELAYTRAP"
refused 2 'unknown command "rum".*run' "$RELAYTRAP" rum
refused 2 'prot.*port' "${run[@]}" --prot 6515
refused 2 'batch' "${run[@]}" --batch
for port in 0 65536 -1 6515x 9-5 '' 80,,443 99999999999999999999; do
	refused 2 'port' "${run[@]}" "--port=$port"
done
refused 2 'port' "${run[@]}" --port
for interval in 0 -1s 5 10parsecs 1ms 99999h ''; do
	refused 2 'interval' "${run[@]}" "--interval=$interval"
done
refused 2 'max.services' "${run[@]}" --max-services 1
refused 2 'netns' "${run[@]}" --netns nowhere
refused 2 'pin.dir' "$RELAYTRAP" run --pin-dir relative
refused 2 'RELAYTRAP_PORT' env RELAYTRAP_PORT=x "${run[@]}"
[ ! -e "$PIN_DIR" ] || fail "a refused run has pinned something"

malformed() { # pattern, content of the file
	printf '%b' "$2" >relaytrap.conf
	refused 2 "relaytrap.conf.*$1" "${run[@]}" --config relaytrap.conf
}
malformed '3.*port' '# watch\n\nport = many\n'
malformed '2.*prot.*port' 'port = 6515\nprot = 6515\n'
malformed '2' 'port = 6515\nno equals sign\n'
malformed '1' '\xff\xfe\x01\n'
malformed 'not a text file' 'port\0 = 6515\n'
malformed '2.*interval' 'port = 6515\ninterval = never'
refused 2 'missing.conf.*No such file' "${run[@]}" --config missing.conf
refused 2 'regular file' "${run[@]}" --config "$RT_TMP"
