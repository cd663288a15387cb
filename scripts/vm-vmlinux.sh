#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vm-vmlinux.sh BZIMAGE: writes the uncompressed ELF kernel held in an x86 bzImage to standard output.
# An emulator boots that at once, where the bzImage would first spend seconds decompressing itself.
set -euo pipefail

die() {
	echo "vm-vmlinux: $*" >&2
	exit 1
}

# number OFFSET SIZE: a little-endian unsigned field of the boot header.
number() {
	od -An -v --endian=little -t "u$2" -j "$1" -N "$2" "$image" | tr -d ' '
}

(($# == 1)) || { echo "usage: vm-vmlinux.sh BZIMAGE" >&2; exit 2; }
image=$1
[[ -r $image ]] || die "$image: cannot be read"
[[ $(number $((0x202)) 2) -ge $((0x208)) ]] || die "$image: not a bzImage with a payload (boot protocol before 2.08)"

setup_sects=$(number $((0x1f1)) 1)
((setup_sects)) || setup_sects=4
start=$(((setup_sects + 1) * 512 + $(number $((0x248)) 4)))
length=$(number $((0x24c)) 4)

payload() {
	dd if="$image" iflag=skip_bytes,count_bytes skip="$start" count="$1" bs=1M status=none
}

magic=$(od -An -v -t x1 -j "$start" -N 4 "$image" | tr -d ' ')
case $magic in
# The payload ends with its uncompressed size, four bytes that are not part of the stream.
fd377a58) payload "$length" | xz -dc --single-stream ;;
28b52ffd) payload $((length - 4)) | zstd -dcq ;;
*) die "$image: payload starts with $magic, neither xz nor zstd" ;;
esac
