#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What run --record wrote, replay judges the same, and otherwise with other thresholds; the file is guarded.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 8080
run=(watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --record lab.rec)
replay() { # argument…
	timeout "$(patience 20)" "$RELAYTRAP" replay lab.rec "$@" >replay.out || fail "replay failed: $*"
}
python_server proxy proxy.py
"${run[@]}"
load --connections 30 --targets 198.18.0.1+30 --port 8080 --rate 50
expect "verdict == 'relaying'"
stop relaytrap
[ "$(stat -c %a lab.rec)" = 600 ] || fail "others may read the recording"
printf 'evidence 1 2' >>lab.rec # as a power cut leaves it
"${run[@]}"
stop relaytrap

replay
grep -q 'asyncproxy on port 6515 is relaying, was .*\(2[0-9]\|30\) distinct upstreams' replay.out || fail "it is not judged again as it was"
grep -q '^recorded: .* 1 to relaying$' replay.out || fail "no summary: $(tail -n 3 replay.out)"
replay --set fan_out=100 --set hold=1h
grep -q 'is relaying.*(recorded)' replay.out || fail "the recorded side is gone"
! grep -q 'is \(relaying\|suspect\).*(changed)' replay.out || fail "100 upstreams are not 30"
grep -q '^changed: .* 0 to relaying$' replay.out || fail "no summary: $(tail -n 3 replay.out)"

refused 2 'window cannot be changed' "$RELAYTRAP" replay lab.rec --set window=1m
refused 2 'fan_out: 0 is out of range' "$RELAYTRAP" replay lab.rec --set fan_out=0
refused 2 'replay FILE' "$RELAYTRAP" replay
refused 1 'none.rec: No such file' "$RELAYTRAP" replay none.rec
printf 'evidence nonsense\n' >>lab.rec
"$RELAYTRAP" replay lab.rec >replay.out 2>replay.err && fail "nonsense was replayed"
grep -q "lab.rec: line $(wc -l <lab.rec): " replay.err || fail "no file and line in: $(cat replay.err)"
echo "port = 80" >other.conf
refused 1 'other.conf: .*not a recording' "$RELAYTRAP" run --pin-dir "$PIN_DIR" --record other.conf
ln -s lab.rec link.rec
refused 1 'link.rec: a symbolic link' "$RELAYTRAP" run --pin-dir "$PIN_DIR" --record link.rec
install -o 65534 -m 644 /dev/null prepared.rec
refused 1 "prepared.rec: that file is not root's alone" "$RELAYTRAP" run --pin-dir "$PIN_DIR" --record prepared.rec

# A full disk: told once, and the watch goes on.
mkdir small
mount -t tmpfs -o size=8k none small
unmount() {
	local status=$?
	set +e
	umount -l "$RT_TMP/small"
	(exit "$status")
	cleanup
}
trap unmount EXIT
head -c 4096 /dev/zero >small/rest
"${run[@]}" --record small/full.rec --interval 100ms
wait_until 30 "the disk to be full" has_line relaytrap 'cannot record: No space left'
load --connections 5 --targets 198.18.0.1+5 --port 8080
expect 'accepts == client.connections + 30'
[ "$(grep -c 'cannot record' relaytrap.log)" = 1 ] || fail "told more than once"
timeout "$(patience 20)" "$RELAYTRAP" replay small/full.rec >/dev/null || fail "half a line in a full file"
stop relaytrap
