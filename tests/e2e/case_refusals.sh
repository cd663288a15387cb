#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Not root, no BTF, no bpf file system, another instance, nothing running: one line, exit status 1.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
run=("$RELAYTRAP" run --pin-dir "$PIN_DIR")
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
install -m 755 "$RELAYTRAP" "$RT_TMP/relaytrap"
chmod 711 "$RT_TMP"

refused 1 'root|sudo' "${nobody[@]}" "$RT_TMP/relaytrap" run --pin-dir "$PIN_DIR"
refused 1 'root|sudo' "${nobody[@]}" "$RT_TMP/relaytrap" top -b -n 1 --pin-dir "$PIN_DIR"
refused 1 'root|sudo' "${nobody[@]}" "$RT_TMP/relaytrap" status --pin-dir "$PIN_DIR"
refused 1 'BTF' unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$@"' sh "${run[@]}"
refused 1 'mount -t bpf' "$RELAYTRAP" run --pin-dir "$RT_TMP/pins"
refused 1 'relaytrap run' "$RELAYTRAP" status --json --pin-dir "$PIN_DIR"
[ ! -e "$PIN_DIR" ] || fail "a refused run has pinned something"

watch_ports --port 6515
refused 1 'another.*--pin-dir' "${run[@]}"
for command in 'run' 'status' 'top -b -n 1' 'unload'; do
	# shellcheck disable=SC2086 # several words
	refused 1 'root|sudo' "${nobody[@]}" "$RT_TMP/relaytrap" $command --pin-dir "$PIN_DIR"
done
refused 1 'another' "$RELAYTRAP" unload --pin-dir "$PIN_DIR"
"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" >status.json || fail "the first instance has suffered"
