#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# The guest's first process: mounts the host's root below a throw-away layer, runs the job, reports its status.
# shellcheck shell=dash disable=SC2154
set -eu
# An error ends this script, which panics the kernel: the host then shows the console and reports a dead guest.
# The kernel hands over as environment: vm_bash, vm_job, vm_modules, vm_name, vm_out.
export PATH=/bin

mount -t devtmpfs dev /dev
mount -t proc proc /proc
while read -r module; do
	insmod "/boot/$module"
done </boot/order

# The host's root stays read-only; what the guest writes lies in memory and ends with it.
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000 root /host
mount -t tmpfs tmpfs /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work root /root
# The kernel looks for modules in this file system, the command in its own.
ln -s "/host$vm_modules" /lib/modules

cd /root
mkdir -p lib/modules run tmp var/tmp
mount --bind "/host$vm_modules" lib/modules
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
for dir in dev/shm run tmp var/tmp; do
	mount -t tmpfs -o mode=1777 tmpfs "$dir"
done
chmod 755 run
mkdir run/lock
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t bpf -o mode=700 bpf sys/fs/bpf
mount -t tracefs tracefs sys/kernel/tracing
if [ "$vm_out" = yes ]; then
	mkdir -p out
	mount -t 9p -o rw,trans=virtio,version=9p2000.L,msize=512000 out out
fi
# Moved, not only entered by chroot: in a mere chroot the kernel refuses user namespaces.
mount --move . /

hostname "$vm_name"
ip link set lo up
ulimit -Hn 524288

# A port can be opened but once, and commands do reopen /dev/stderr: so pipes, not ports, are what they get.
mkfifo /stdout /stderr
cat /stdout >"$(echo /dev/vport*p1)" &
out=$!
cat /stderr >"$(echo /dev/vport*p2)" &
err=$!
status=0
setsid env -i chroot . "$vm_bash" "$vm_job" </dev/null >/stdout 2>/stderr || status=$?
# What the command left running would keep the pipes open.
for process in /proc/[0-9]*; do
	case ${process#/proc/} in
	1 | "$out" | "$err") ;;
	*) kill -KILL "${process#/proc/}" 2>/dev/null || true ;;
	esac
done
wait
echo "$status" >"$(echo /dev/vport*p3)"
poweroff -f
