#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# On a bpf file system where everybody may write, nobody can have root delete other files, make relaytrap wait,
# use what is not root's, or keep it from starting and unloading.
# matrix: long
set -euo pipefail
# Its own bpf file system, as a mount by hand makes one.
[ "${RT_OWN_MOUNTS-}" ] || RT_OWN_MOUNTS=yes exec unshare -m "$0" "$@"
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need setpriv flock
begin
mount -t bpf bpf /sys/fs/bpf
chmod 711 "$RT_TMP"
mkdir -p victim/below
touch victim/file victim/below/file
ask() { # command, argument…
	timeout $((30 * ${RT_TIME_SCALE%.*})) "$RELAYTRAP" "$1" --pin-dir "$PIN_DIR" "${@:2}"
}
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
untouched() {
	[ "$(find victim -type f | wc -l)" -eq 2 ] || fail "other files were deleted: $1"
}
# At the names beside the pins that relaytrap uses.
in_the_way() { # suffix…
	local suffix
	for suffix; do
		"${nobody[@]}" ln -s "$RT_TMP/victim" "$PIN_DIR-$suffix"
	done
}

in_the_way removed unfinished lock
"${nobody[@]}" sh -c "exec 8</sys/fs/bpf && flock 8 && echo locked && exec sleep 1000" >locked.log &
RT_PIDS[locker]=$!
wait_until 10 "the folder to be locked" grep -q locked locked.log
watch_ports --port 6515
untouched "by run"
ask check >check.out
grep -q '^warning  *pin_dir: others than root may write beside .*chmod 700' check.out || fail "check: $(cat check.out)"
stop relaytrap
in_the_way removed unfinished lock
ask unload
untouched "by unload"
[ ! -e "$PIN_DIR" ] || fail "not unloaded"

"${nobody[@]}" mkdir -p "$PIN_DIR-lock/below/below" "$PIN_DIR-removed/below"
"${nobody[@]}" sh -c "exec 8<$PIN_DIR-lock && flock 8 && echo locked && exec sleep 1000" >locked2.log &
RT_PIDS[locker2]=$!
wait_until 10 "the lock to be locked" grep -q locked locked2.log
ask unload && fail "the folders of nobody's are too deep to be removed"
"${nobody[@]}" rmdir "$PIN_DIR-lock/below/below"
watch_ports --port 6515
stop relaytrap
ask unload

# In the place of the pins themselves: not used, not emptied.
"${nobody[@]}" ln -s "$RT_TMP/victim" "$PIN_DIR"
refused 1 "$PIN_DIR is not a folder of root's alone.*chmod 700 /sys/fs/bpf" "$RELAYTRAP" run --pin-dir "$PIN_DIR"
refused 1 "$PIN_DIR is not a folder of root's alone" "$RELAYTRAP" unload --pin-dir "$PIN_DIR"
refused 1 'no instance is running' "$RELAYTRAP" status --pin-dir "$PIN_DIR"
untouched "by unload of a link"
rm "$PIN_DIR"
"${nobody[@]}" mkdir "$PIN_DIR"
refused 1 "$PIN_DIR is not a folder of root's alone" "$RELAYTRAP" run --pin-dir "$PIN_DIR"
refused 1 "$PIN_DIR is not a folder of root's alone" "$RELAYTRAP" block --pin-dir "$PIN_DIR" 6515
rmdir "$PIN_DIR"

# Where others could replace it.
chmod 777 /sys/fs/bpf
refused 1 'others than root may replace what is in /sys/fs/bpf; run .*chmod 700 /sys/fs/bpf' "$RELAYTRAP" run --pin-dir "$PIN_DIR"
ask check >check.out && fail "check is content with mode 777"
grep -q '^MISSING .*others than root may replace' check.out || fail "check: $(cat check.out)"
chmod 700 /sys/fs/bpf
ask check >check.out
! grep -q '^warning .*pin_dir' check.out || fail "check warns of mode 700: $(cat check.out)"

# What the settings name, and is not relaytrap's.
mkdir "$PIN_DIR"
bpftool map create "$PIN_DIR/other" type array key 4 value 4 entries 1 name other
refused 1 'was not pinned by relaytrap, so it is left alone' "$RELAYTRAP" unload --pin-dir "$PIN_DIR"
[ -e "$PIN_DIR/other" ] || fail "another program's pins were removed"
rm -r "$PIN_DIR"
PIN_DIR=$RT_TMP/victim ask unload
untouched "by unload of a folder that holds no pins"
