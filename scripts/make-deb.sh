#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# make-deb.sh VERSION [VARIABLE=value]...: builds the Debian package in build/deb, from a copy of the sources.
# The variables are for make. A second run builds only what has changed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() {
	echo "make-deb: $*" >&2
	exit 1
}

# Everything but what git ignores; without git, what a build needs.
sources() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	else
		find Makefile README.md LICENSE bpf docs include packaging scripts tests user -type f
	fi
}

# Times are kept, so that make sees what is new; what is gone here goes there too.
copy_sources() { # folder
	local file

	mkdir -p "$1"
	sources | while read -r file; do
		[[ ! -e $file ]] || printf '%s\0' "$file"
	done | sort -z >build/deb/files
	(cd "$1" && find . -path ./build -prune -o -path ./debian -prune -o -type f -printf '%P\0') | sort -z |
		comm -z -13 build/deb/files - | (cd "$1" && xargs -0r rm -f)
	xargs -0 cp -u -p --parents -t "$1" <build/deb/files
	rm -rf "$1/debian"
	cp -R packaging/debian "$1/debian"
}

main() {
	local version=$1 folder=build/deb/relaytrap variable log

	shift
	command -v dpkg-buildpackage dh >/dev/null || die "dpkg-dev or debhelper is missing: run scripts/install-deps.sh test"
	[[ $(sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog) == "$version" ]] ||
		die "packaging/debian/changelog is not about version $version: add an entry"
	for variable; do
		export "${variable?}"
	done
	mkdir -p build/deb
	copy_sources "$folder"
	rm -f build/deb/relaytrap_*
	log=$PWD/build/deb/log
	(cd "$folder" && DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)" dpkg-buildpackage -b -us -uc -nc) >"$log" 2>&1 ||
		{ tail -n 30 "$log" >&2; die "it cannot be built, see above and $log"; }
	ls build/deb/relaytrap_*.deb
}

(($#)) || { echo "usage: make-deb.sh VERSION [VARIABLE=value]..." >&2; exit 2; }
main "$@"
