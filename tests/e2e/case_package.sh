#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The Debian package on a clean Debian with systemd: built, checked, installed, used under the unit's restrictions,
# upgraded over pinned state, purged without a trace.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "${BASH_SOURCE[0]}")/machine.sh"

need debootstrap dpkg-buildpackage dh lintian systemd-analyze bpftool
begin
cleanup_package() {
	local status=$?
	machine_down
	set +e
	(exit "$status")
	cleanup
}
trap cleanup_package EXIT

# Everything but what the machine writes by itself, with its contents.
files() {
	machine find / -xdev \( -path /var/log -o -path /tmp -o -path /var/cache -o -path /var/lib/dpkg/info -o \
		-path /var/tmp \) -prune -o ! -name '*-old' ! -path /var/lib/dpkg/status ! -path '/var/lib/dpkg/lock*' \
		! -path /etc/.pwd.lock -type f -exec sha256sum {} + -o -type l -printf '%p -> %l\n' -o -type d -printf '%p/\n' |
		sort
}

main_pid() {
	machine systemctl show -P MainPID relaytrap
}

active() {
	[ "$(machine systemctl is-active relaytrap)" = active ]
}

restarted() { # pid before
	active && [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ]
}

expect_there() { # expectation…
	"$RT_PY/expect.py" --status "$RT_TMP/status" --netns "$(lab_inode host)" --netns "$(lab_inode client)" "$@"
}

install_package() { # file
	cp "$1" root/tmp/
	machine dpkg -i "/tmp/${1##*/}" >dpkg.log 2>&1 || fail "dpkg -i ${1##*/}: $(cat dpkg.log)"
	rm "root/tmp/${1##*/}"
}

# A field of what the service's process may do.
allowance() { # field
	machine sed -n "s/^$1:[[:space:]]*//p" "/proc/$(main_pid)/status"
}

# What the instance has pinned, as bpf_objects names it.
pinned() {
	local file kind

	find "/proc/$MACHINE_PID/root/sys/fs/bpf/relaytrap" -type f | while read -r file; do
		for kind in map prog link; do
			{ bpftool "$kind" show pinned "$file" 2>/dev/null || true; } | awk -v kind="$kind" '/^[0-9]+:/ { print kind, $1, $2 }'
		done
	done | sort
}

reloaded() {
	machine journalctl -u relaytrap --no-pager -n 5 >reload.log
	grep -q settings reload.log
}

forgotten() {
	[ -z "$(comm -12 pins <(bpf_objects))" ]
}

echo "== build"
make -C "$RT_ROOT" -s deb >build.log 2>&1 || fail "make deb: $(tail -n 20 build.log)"
package=$(tail -n 1 build.log)
package=$RT_ROOT/$package
lintian --allow-root --fail-on error,warning "${package%.deb}.changes" >lintian.log 2>&1 || fail "lintian: $(cat lintian.log)"
! grep -E '^[EWI]:' lintian.log || fail "lintian is not content"
dpkg-deb -x "$package" unpacked
exposure=$(systemd-analyze security --offline=true --no-pager unpacked/lib/systemd/system/relaytrap.service |
	sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
awk -v exposure="$exposure" 'BEGIN { exit !(exposure != "" && exposure <= 3.0) }' || fail "exposure level $exposure"
# The next version: the same files under a higher number.
dpkg-deb -R "$package" next
sed -i 's/^Version: .*/&+1/' next/DEBIAN/control
dpkg-deb --root-owner-group -b next relaytrap-next.deb >/dev/null

echo "== boot"
machine_archive "systemd,$(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')"
lab 25
machine_up host
files >files.before

echo "== install"
install -d root/var/lib/prometheus/node-exporter
install_package "$package"
active || fail "the service does not run: $(machine systemctl status --no-pager relaytrap; machine journalctl -n 40 --no-pager)"
[ "$(machine systemctl is-enabled relaytrap)" = enabled ] || fail "the service is not enabled"
[ "$(machine relaytrap status --json | jq -r .mode)" = observe ] || fail "it does more than to observe"
# With this host's processes, as the service sees them.
printf '#!/bin/sh\nexec nsenter -t %s -m -- unshare -m sh -c "mount --bind /run/host-proc /proc; relaytrap status --json"\n' \
	"$MACHINE_PID" >status
chmod +x status
printf '[relaytrap]\ninterval = 200ms\nnetns = self\nprom_dir = /var/lib/prometheus/node-exporter\nrecord = /var/lib/relaytrap/test.rec\nfan_out = 1000\nmail_fan_out = 1000\n' \
	>root/etc/relaytrap.conf
mkdir -p root/etc/systemd/system/relaytrap.service.d
printf '[Service]\nBindPaths=/run/host-proc:/proc\n' >root/etc/systemd/system/relaytrap.service.d/test.conf
machine systemctl daemon-reload
machine systemctl restart relaytrap

echo "== use"
[ "$(allowance Seccomp)" = 2 ] || fail "no system-call filter"
[ "$(allowance NoNewPrivs)" = 1 ] || fail "new privileges are possible"
python_server proxy proxy.py
load --connections 20
expect_there 'accepts == client.connections' 'connects == sink.connections' \
	"[process.user for process in processes] == ['root']"
wait_until 10 "the metrics" test -s root/var/lib/prometheus/node-exporter/relaytrap.prom
wait_until 10 "a recording" test -s root/var/lib/relaytrap/test.rec
pid=$(main_pid)
machine systemctl kill -s KILL --kill-who main relaytrap
wait_until 20 "systemd to start it again" restarted "$pid"
expect_there 'accepts == 20'
pid=$(main_pid)
sed -i 's/^interval.*/interval = 300ms/' root/etc/relaytrap.conf
machine systemctl reload relaytrap
wait_until 10 "the reload" reloaded
[ "$(main_pid)" = "$pid" ] || fail "a reload has restarted it"

echo "== upgrade"
start client load "$RT_PY/load.py" --out client.json --connections 400 --rate 100
install_package relaytrap-next.deb
[ "$(machine dpkg-query -W relaytrap | cut -f 2)" = "$(dpkg-deb -f relaytrap-next.deb Version)" ] || fail "not upgraded"
restarted "$pid" || fail "the old version still runs"
finish load
expect_there 'accepts == 420'
machine grep -q 'interval = 300ms' /etc/relaytrap.conf || fail "the configuration was not kept"

echo "== dry-run"
in_mode() {
	[ "$(machine relaytrap status --json | jq -r .mode)" = "$1" ]
}
set_mode() {
	sed -i "/^mode/d; s/^interval.*/&\nmode = $1/" root/etc/relaytrap.conf
	machine relaytrap check >check.log 2>&1 || fail "check: $(cat check.log)"
	machine systemctl reload relaytrap
}
set_mode dry-run
wait_until 10 "mode dry-run" in_mode dry-run
set_mode enforce
stays() {
	machine journalctl -u relaytrap --no-pager -n 5 >reload.log
	grep -q 'not changed without a new start: mode' reload.log
}
wait_until 10 "the reload that would enforce" stays
in_mode dry-run || fail "enforce by a reload, without the privileges for it"

echo "== enforce"
lab_server host other "$RT_PY/sink.py" --log other.json 7777
answers() { # port
	lab_in client timeout "${2:-$(patience 5)}" bash -c ": </dev/tcp/10.77.0.254/$1" 2>/dev/null
}
answers 7777 || fail "the lab's server does not answer"
load_and_hold relayed --connections 40
sed -i '/fan_out/d' root/etc/relaytrap.conf
machine systemctl restart relaytrap
machine relaytrap block 7777 >/dev/null
! answers 7777 1 || fail "a blocked port answers"
expect_there "verdict == 'contained'" 'containment.cut > 0'
stop load KILL
! answers 6515 1 || fail "the port of a contained service answers"
machine journalctl -u relaytrap --no-pager -o cat >journal.log
! grep -iE 'cannot|not permitted|denied' journal.log || fail "something was not possible under the unit's restrictions"

echo "== purge"
pinned >pins
for kind in map prog link; do
	grep -q "^$kind" pins || fail "no $kind is pinned"
done
rm -r root/etc/systemd/system/relaytrap.service.d
machine systemctl daemon-reload
machine dpkg --purge relaytrap >dpkg.log 2>&1 || fail "dpkg --purge: $(cat dpkg.log)"
! grep -i warning dpkg.log || fail "purge is not content: $(cat dpkg.log)"
# The file system itself has two files, *.debug.
[ -z "$(machine ls -I '*.debug' /sys/fs/bpf)" ] || fail "still pinned: $(machine ls /sys/fs/bpf)"
for port in 7777 6515; do
	answers "$port" || fail "port $port is still blocked"
done
wait_until 10 "the kernel to forget what was pinned" forgotten
[ -d root/var/lib/prometheus/node-exporter ] || fail "purge has taken another package's folder"
rm -r root/var/lib/prometheus
files >files.after
diff files.before files.after >left || fail "left behind: $(cat left)"
