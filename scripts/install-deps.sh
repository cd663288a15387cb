#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# install-deps.sh [build|test|lint|bench|vm]...: installs the Debian packages that are missing for that (default: build).
set -euo pipefail

declare -A sets=(
	[build]="gcc make libc6-dev linux-libc-dev clang bpftool pkgconf
		libbpf-dev libelf-dev zlib1g-dev libjson-c-dev libinih-dev libncurses-dev libcap-ng-dev"
	# Proxies of every kind, what drives and watches them, and what the test programs are built with.
	[test]="libcmocka-dev liburing-dev microsocks tinyproxy-bin socat nginx libnginx-mod-stream
		python3 iproute2 nftables procps util-linux tmux jq strace
		apache2-bin aria2 curl dante-server git netcat-openbsd openssh-server openssl postfix privoxy
		prometheus prometheus-alertmanager prometheus-node-exporter stunnel4 unbound
		bash-completion build-essential debhelper debootstrap dpkg-dev fakeroot lintian man-db mandoc python3-jsonschema
		nftables shellcheck systemd"
	[lint]="clang clang-format clang-tidy shellcheck binutils"
	[bench]="nftables iproute2 iptables iperf3 xdp-tools"
	[vm]="qemu-system-x86 busybox-static cpio kmod xz-utils zstd"
)

# Not in every release of Debian; without them a little less is tried.
rare=" dante-server "

policy=/usr/sbin/policy-rc.d
saved=$policy.relaytrap-saved
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Acquire::Retries=5)

die() {
	echo "install-deps: $*" >&2
	exit 1
}

installed() {
	dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^.i. //p' | sort -u
}

# What is asked for and not there.
missing_packages() {
	comm -13 <(installed) <(printf '%s\n' "$@" | sort -u)
}

# Those of the given that can be had: of what is rare, only what the archive has.
available_packages() {
	local package

	for package; do
		[[ $rare != *" $package "* ]] || apt-cache show "$package" >/dev/null 2>&1 || continue
		echo "$package"
	done
}

check_system() {
	local ID='' VERSION_ID=''

	# shellcheck source=/dev/null
	[[ ! -r /etc/os-release ]] || . /etc/os-release
	case $ID:$VERSION_ID in
	debian:12 | debian:13 | debian:) ;;
	*) die "knows Debian 12 and 13 only, this is ${ID:-unknown} $VERSION_ID; install what these packages hold:" "$@" ;;
	esac
}

# Until this script ends, no package's script may start or stop a service.
forbid_services() {
	restore_policy
	trap restore_policy EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	[[ ! -e $policy && ! -L $policy ]] || mv -T "$policy" "$saved"
	printf '#!/bin/sh\n# Of relaytrap, while it installs packages\nexit 101\n' >"$policy"
	chmod 755 "$policy"
}

# Also mends what an earlier run left behind that was killed half-way.
restore_policy() {
	if [[ -f $policy ]] && grep -qs '^# Of relaytrap' "$policy"; then
		rm "$policy"
	fi
	[[ ! -e $saved && ! -L $saved ]] || mv -T "$saved" "$policy"
}

# What the given packages enabled: links to systemd units, and to init scripts. What only takes part in the
# boot, as procps does, is no service.
disable_services() {
	local file

	while read -r file; do
		case $file in
		*/systemd/system/*.service | */systemd/system/*.socket | */systemd/system/*.timer | */systemd/system/*.path | \
			*/systemd/system/*.target)
			find /etc/systemd/system -type l -lname "*/${file##*/}" ! -path '*/sysinit.target.wants/*' -delete
			;;
		/etc/init.d/*)
			! grep -Eq '^# Default-Start:[[:space:]]+[2-5]' "$file" ||
				update-rc.d "${file##*/}" disable >/dev/null 2>&1 || true
			;;
		esac
	done < <(dpkg-query -L "$@")
	[[ ! -d /run/systemd/system ]] || systemctl daemon-reload
}

# Runs a command whose output matters only if it fails.
quietly() {
	local output

	output=$("$@" </dev/null 2>&1) || { echo "$output" >&2; return 1; }
}

install_packages() {
	local before added wanted

	before=$(installed)
	quietly "${apt[@]}" update || echo "going on with the package lists at hand" >&2
	mapfile -t wanted < <(available_packages "$@")
	echo "installing: ${wanted[*]}" >&2
	quietly env DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "${wanted[@]}" ||
		die "these packages could not be installed, for the reason above: ${wanted[*]}"
	mapfile -t added < <(comm -13 <(echo "$before") <(installed))
	((${#added[@]} == 0)) || disable_services "${added[@]}"
}

main() {
	local name wanted=() missing available lock

	for name in "${@:-build}"; do
		[[ ${sets[$name]-} ]] || { echo "usage: install-deps.sh [build|test|lint|bench|vm]..." >&2; exit 2; }
		read -ra wanted -d '' <<<"${wanted[*]} ${sets[$name]}" || true
	done
	command -v dpkg-query >/dev/null || check_system "${wanted[@]}"
	mapfile -t missing < <(missing_packages "${wanted[@]}")
	mapfile -t available < <(available_packages "${missing[@]}")
	((${#available[@]})) || return 0
	check_system "${missing[@]}"
	((EUID == 0)) || die "not root, and these packages are missing; as root, run: apt-get install ${missing[*]}"
	exec {lock}>/run/lock/relaytrap-install
	flock "$lock"
	forbid_services
	install_packages "${missing[@]}"
}

main "$@"
