#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A clean Debian that boots systemd, in namespaces of its own, on this kernel: for what is to be installed. Sourced
# after lib.sh.
#
# It has its own processes, mounts and BPF file system, and the network of a role of the lab. What it shares
# is the kernel: sysctls and /sys are read-only, and its services are in a control group $RT_ID. The kernel tells
# processes by the numbers that this host knows; /run/host-proc has them.
#
# What debootstrap made is kept in build/cache; a change of the packages asked for makes it anew.

MACHINE_MIRROR=${RT_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# An archive with these packages and what they need; its name is left in $MACHINE_ARCHIVE.
machine_archive() { # packages, separated by commas
	local suite

	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	MACHINE_ARCHIVE=$RT_ROOT/build/cache/machine-$(echo "$suite,$1" | sha256sum | cut -c 1-12).tar
	[ ! -e "$MACHINE_ARCHIVE" ] || return 0
	mkdir -p "$RT_ROOT/build/cache/debs"
	rm -f "$RT_ROOT"/build/cache/machine-*
	debootstrap --cache-dir="$RT_ROOT/build/cache/debs" --variant=minbase --include="$1" "$suite" \
		"$RT_TMP/bootstrap" "$MACHINE_MIRROR" >debootstrap.log 2>&1 ||
		skip "debootstrap cannot make a clean root from $MACHINE_MIRROR: $(tail -n 1 debootstrap.log)"
	rm -rf "$RT_TMP"/bootstrap/var/{cache/apt/archives,lib/apt/lists}/* "$RT_TMP"/bootstrap/usr/share/{doc,locale}/*
	tar -C "$RT_TMP/bootstrap" --one-file-system -cf "$MACHINE_ARCHIVE.new" .
	mv "$MACHINE_ARCHIVE.new" "$MACHINE_ARCHIVE"
	rm -rf --one-file-system "$RT_TMP/bootstrap"
}

# What becomes the machine's first process; runs in its namespaces already.
machine_init() { # root
	local file

	mount --make-rprivate /
	mount --bind "$1" "$1"
	cd "$1" || return
	mount -t proc proc proc
	mount --bind proc/sys proc/sys
	mount -o remount,bind,ro proc/sys
	mount -t sysfs -o ro sysfs sys
	mount -t cgroup2 cgroup2 sys/fs/cgroup
	mount -t bpf -o mode=700 bpf sys/fs/bpf
	mount -t tmpfs -o mode=755 tmpfs run
	mkdir run/host-proc
	mount --bind /proc run/host-proc
	mount -t tmpfs -o mode=755 tmpfs dev
	for file in null zero full random urandom tty; do
		: >"dev/$file"
		mount --bind "/dev/$file" "dev/$file"
	done
	mkdir dev/pts dev/shm old
	mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
	ln -s pts/ptmx dev/ptmx
	ln -s /proc/self/fd dev/fd
	pivot_root . old
	umount -l /old
	rmdir /old
	exec env -i container=relaytrap-test PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --log-target=journal \
		--show-status=no
}

# Boots it, and waits until it runs.
machine_up() { # role of the lab
	MACHINE_CGROUP=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)/$RT_ID
	[ -d "${MACHINE_CGROUP%/*}" ] || skip "no cgroup v2 hierarchy"
	mkdir -p root "$MACHINE_CGROUP"
	tar -C root -xf "$MACHINE_ARCHIVE"
	ln -sf /dev/null root/etc/systemd/system/timers.target # nothing by the clock
	start "$1" machine bash -c "echo \$\$ >$MACHINE_CGROUP/cgroup.procs
		exec unshare --pid --fork --kill-child --mount --ipc --uts bash -c '
		set -e; . $RT_ROOT/tests/e2e/machine.sh; machine_init $RT_TMP/root'"
	wait_until 20 "the machine's first process" machine_started
	wait_until 60 "the machine to be up" machine_runs
}

machine_started() {
	running machine || fail "the machine cannot be booted"
	MACHINE_PID=$(pgrep -P "${RT_PIDS[machine]}" -x systemd)
}

machine_runs() {
	machine systemctl is-system-running >state 2>&1 || grep -qx degraded state
}

# Runs a command there.
machine() { # command…
	nsenter --target "$MACHINE_PID" --mount --pid --ipc --uts --net -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" </dev/null
}

machine_down() {
	local limit=$((SECONDS + $(patience 20)))

	[ -n "${MACHINE_CGROUP:-}" ] || return 0
	[ -z "${RT_PIDS[machine]:-}" ] || stop machine KILL
	# Control groups can go when the last of their processes has.
	until find "$MACHINE_CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || [ "$SECONDS" -gt "$limit" ]; do
		sleep 0.1
	done
}
