#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The file of metrics: never half written; what is in its way is told once and counted, and the daemon goes on.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
[ -x "$RT_TOOLS/prom_writer" ] || fail "prom_writer is not built: run make tools"
mkdir prom
in_memory() { # size, command…: with a file system of its own in the folder prom
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare -m sh -c 'mount -t tmpfs -o "size=$0" none prom && exec "$@"' "$@"
}
in_memory 1m "$RT_PY/torn.py" prom "$(size 10000 1000)" "$RT_TOOLS/prom_writer"

# The daemon, on a file system that only it has, and that this case sees through /proc.
RELAYTRAP_PLAIN=$RELAYTRAP
cat >contained_relaytrap <<-END
	#!/bin/sh
	exec unshare -m sh -c 'mount -t tmpfs -o size=96k none $RT_TMP/prom && mkdir $RT_TMP/prom/dir && exec "\$@"' sh $RELAYTRAP "\$@"
END
chmod +x contained_relaytrap
RELAYTRAP=$RT_TMP/contained_relaytrap
lab_up "$RT_ID"
python_server proxy proxy.py # a service, so that each look is recorded
watch_ports --netns "/run/netns/${LAB_NAME}host" --prom-dir "$RT_TMP/prom/dir" --interval 100ms --record "$RT_TMP/looks.rec"
RELAYTRAP=$RELAYTRAP_PLAIN
top=/proc/${RT_PIDS[relaytrap]}/root$RT_TMP/prom
dir=$top/dir
file=$dir/relaytrap.prom
value() { # metric
	sed -n "s/^relaytrap_$1 //p" "$file"
}
written() {
	[ -f "$file" ] && [ ! -L "$file" ] && [ "$(value prom_writes_total)" -gt "${1:-0}" ]
}
# What a look has written is recorded after that.
looks() {
	grep -c '^evidence' looks.rec
}
looked() { # number
	[ "$(looks)" -ge "$1" ]
}
nothing_half() {
	[ -z "$(find "$dir" -type f -name '.relaytrap*' 2>/dev/null)" ]
}
told=0
# Told once however long it lasts, counted each time; and told when it is over. The way out is named.
trouble() { # pattern of the event, command that ends it…
	local before
	wait_until 10 "'$1'" has_line relaytrap "relaytrap: cannot write.*$1\|relaytrap: .*$1"
	wait_until 10 "more looks" looked $(($(looks) + 4))
	[ "$(grep -c "$1" relaytrap.log)" -eq 1 ] || fail "not told once: $(grep "$1" relaytrap.log)"
	running relaytrap || fail "the daemon ended"
	wait_until 10 "nothing to be left behind" nothing_half
	"${@:2}"
	told=$((told + 1))
	wait_until 10 "the end of '$1'" again
	wait_until 10 "the file" written "${writes:-0}"
	before=${failures:-0} failures=$(value prom_write_failures_total) writes=$(value prom_writes_total)
	[ "$failures" -ge $((before + 2)) ] || fail "failures counted: $failures, $before before '$1'"
}
again() {
	[ "$(grep -c 'the metrics are written again' relaytrap.log)" -eq "$told" ]
}

wait_until 10 "the file" written 2
[ "$(stat -c %a "$file")" = 644 ] || fail "mode $(stat -c %a "$file")"
promtool check metrics <"$file" || fail "promtool objects"
[ "$(value prom_write_failures_total)" -eq 0 ] || fail "failures from the start"

cp "$file" whole
dd if=/dev/zero of="$top/filler" bs=1k status=none 2>/dev/null || true
trouble 'No space left on device; make room there' rm "$top/filler"

mv "$file" "$top/"
echo untouched >"$top/victim"
ln -s "$RT_TMP/prom/victim" "$file"
trouble 'relaytrap.prom is a symbolic link, and is left alone: remove it' rm "$file"
mkdir "$dir/.relaytrap.prom.new"
trouble '.relaytrap.prom.new is a folder, and is left alone' rmdir "$dir/.relaytrap.prom.new"
ln -s "$RT_TMP/prom/victim" "$dir/.relaytrap.prom.new"
trouble '.relaytrap.prom.new is a symbolic link' rm "$dir/.relaytrap.prom.new"
[ "$(cat "$top/victim")" = untouched ] || fail "written through a link"
mv "$dir" "$top/elsewhere"
trouble 'prom/dir: No such file or directory; make that folder' mkdir "$dir"

# What a killed daemon left behind is no obstacle.
echo half >"$dir/.relaytrap.prom.new"
wait_until 10 "the next file" written $((writes + 3))
[ "$(value prom_write_failures_total)" -eq "$failures" ] || fail "a left-over was in the way"
stop relaytrap
[ "$ENDED" -eq 0 ] || fail "exit status $ENDED"
