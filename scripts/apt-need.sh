#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# To be sourced: apt_need PACKAGE... installs the Debian packages that are missing, and nothing else.
set -euo pipefail

apt_installed() {
	[[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]
}

apt_need() {
	local package missing=()

	for package; do
		apt_installed "$package" || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	if ((EUID)); then
		echo "missing packages, and only root can install them; run: apt-get install ${missing[*]}" >&2
		return 1
	fi
	echo "installing: ${missing[*]}" >&2
	apt_install "${missing[@]}" && return 0
	# The usual cause is a package list that is absent or older than the archive.
	apt-get update -qq -o DPkg::Lock::Timeout=120 >&2
	apt_install "${missing[@]}"
}

# RUNLEVEL=1 keeps maintainer scripts from starting services.
apt_install() {
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}
