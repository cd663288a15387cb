#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vm-kernel.sh KERNEL: prepares a stock Debian kernel for vm-run.sh below build/kernels and prints the folder.
# A folder that exists is complete; it is made anew if this script has changed. Remove it to get the archive's newest
# build of that kernel.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
store=${scripts%/*}/build/kernels
# What it takes to reach the host's root and to report back; the kernel asks for other modules by itself.
boot_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay)


die() {
	echo "vm-kernel: $*" >&2
	exit 1
}

newest_package() {
	apt-cache search --names-only '^linux-image-6' | cut -d ' ' -f 1 | { grep -Ex "$pattern" || true; } |
		sort -V | tail -n 1
}

# download FOLDER: the newest package that the lists name; its name is left in $package.
download() {
	package=$(newest_package)
	[[ $package ]] || return 1
	echo "fetching $package" >&2
	(cd "$1" && apt-get download -qq -o APT::Sandbox::User=root -o Acquire::Retries=5 "$package" >&2)
}

# fetch_package FOLDER: downloads the newest package and unpacks it there.
fetch_package() {
	local package

	# The archive drops a package when it has a newer one: then the lists of before name what is gone.
	if ! download "$1" && ((EUID == 0)); then
		apt-get update -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 >&2 || true
		download "$1" || true
	fi
	[[ $package ]] || die "no package is called $pattern; run apt-get update, with Debian 12" \
		"and its security updates among the sources"
	compgen -G "$1/linux-image-*.deb" >/dev/null ||
		die "cannot download $package; if the archive has a newer one by now, run apt-get update"
	dpkg-deb -x "$1"/linux-image-*.deb "$1"
}

# copy_modules FROM TO: the modules of use here, uncompressed. Every request for a module reads the
# whole index, slowly under emulation: so few folders.
copy_modules() {
	mkdir -p "$2"
	(
		shopt -s nullglob
		cd "$1"
		cp -r --parents modules.* kernel/{arch/x86/crypto,crypto,lib,net,drivers/virtio} \
			kernel/fs/{9p,fscache,netfs,overlayfs}* kernel/drivers/char/virtio_console.ko* \
			kernel/drivers/net/{dummy,ifb,macvlan,tap,tun,veth,virtio_net,vrf}.ko* \
			kernel/drivers/net/{bonding,ipvlan,vxlan,wireguard}* \
			kernel/drivers/net/net_failover.ko* kernel/drivers/net/ethernet/intel/e1000e \
			kernel/drivers/{pps,ptp} "$2"
	)
	find "$2" -name '*.ko.xz' -print0 | xargs -0r -n 32 -P "$(nproc)" xz -d
}

# make_initramfs FOLDER: (again) the image for the kernel prepared in FOLDER.
make_initramfs() {
	local root=$1/initramfs.new applet module

	rm -rf "$root"
	mkdir -p "$root"/{bin,boot,sbin,lib,dev,proc,host,layer,root}
	cp /bin/busybox "$root/bin"
	for applet in cat chmod chroot env hostname insmod ip ln mkdir mkfifo mount poweroff setsid sh; do
		ln -s busybox "$root/bin/$applet"
	done
	ln -s ../bin/busybox "$root/sbin/modprobe"
	install -m 755 "$scripts/vm-init.sh" "$root/init"
	/sbin/modprobe -d "$1/modules" -S "$(<"$1/version")" -a --show-depends "${boot_modules[@]}" |
		sed -n 's/^insmod \(.*\.ko\).*/\1/p' | awk '!seen[$0]++' |
		while read -r module; do
			cp "$module" "$root/boot"
			echo "${module##*/}" >>"$root/boot/order"
		done
	(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$root.cpio"
	rm -rf "$root"
	mv "$root.cpio" "$1/initramfs.cpio"
}

# prepare FOLDER: everything, in a folder beside it that takes its name at the very end.
prepare() {
	local new=$1.new package=$1.new/package version

	"$scripts/install-deps.sh" vm
	rm -rf "$new"
	mkdir -p "$package"
	fetch_package "$package"
	version=$(basename "$package"/lib/modules/*)
	echo "$version" >"$new/version"
	"$scripts/vm-vmlinux.sh" "$package/boot/vmlinuz-$version" >"$new/vmlinux"
	copy_modules "$package/lib/modules/$version" "$new/modules/lib/modules/$version"
	/sbin/depmod -b "$new/modules" "$version"
	make_initramfs "$new"
	rm -rf "$package" "$1"
	mv -T "$new" "$1"
}

case ${1-} in
6.1) pattern='linux-image-6\.1\.[0-9]+-[0-9]+-amd64' ;;
6.12) pattern='linux-image-6\.12\.[0-9]+\+deb12-amd64' ;;
*)
	echo "usage: vm-kernel.sh 6.1|6.12" >&2
	exit 2
	;;
esac
folder=$store/$1
mkdir -p "$store"
# Whoever comes second waits, and then finds it done.
exec {lock}>"$store/$1.lock"
flock "$lock"
if [[ ! -d $folder || ${BASH_SOURCE[0]} -nt $folder/version ]]; then
	prepare "$folder"
elif [[ $scripts/vm-init.sh -nt $folder/initramfs.cpio ]]; then
	make_initramfs "$folder"
fi
echo "$folder"
