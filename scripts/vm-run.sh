#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# vm-run.sh KERNEL -- COMMAND [ARG...]: runs COMMAND as root on a stock Debian kernel, under QEMU.
set -euo pipefail

usage() {
	cat <<-'END'
	usage: vm-run.sh KERNEL -- COMMAND [ARG...]

	Boots KERNEL (6.1 or 6.12, Debian's own build) under software emulation and runs COMMAND in it as root,
	in the current directory, with empty standard input. The guest sees this machine's files; what it writes
	stays in its memory and is lost at its end. /tmp, /var/tmp and /run are its own, and empty. Its network is
	lo, what COMMAND makes, and what VM_NET adds. Processes that COMMAND leaves behind are killed.

	environment:
	  VM_ENV      names of variables to hand on, besides HOME, LANG and PATH, separated by spaces
	  VM_TIMEOUT  time limit in seconds, boot included (300)
	  VM_NET      network cards, in QEMU's words (virtio-net-pci, or e1000e,OPTION=VALUE), separated by spaces. Each
	              hangs on a cable of its own, with a virtio-net-pci at the other end that is the guest's as well:
	              the first pair has the addresses 52:54:00:00:01:01 and :02, the second 52:54:00:00:02:01.
	              COMMAND has to load their modules
	  VM_OUT      a folder of this machine that the guest may write to, as /out

	exit status: that of COMMAND (128 + N if signal N ended it), or with a message:
	  2    wrong usage
	  124  the time limit passed
	  125  the guest could not be started, or died before it had a status to report
	END
}

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${scripts%/*}/build

# fail STATUS MESSAGE...
fail() {
	echo "vm-run: ${*:2}" >&2
	exit "$1"
}

# The guest has file systems of its own in these places.
check_visible() {
	case $1/ in
	/tmp/* | /var/tmp/* | /run/* | /dev/* | /proc/* | /sys/*)
		fail 2 "$2 $1 cannot be seen in the guest, which has its own /${1#/}; use a folder elsewhere" ;;
	esac
}

# write_job COMMAND...: the script that the guest runs.
write_job() {
	local name

	for name in HOME LANG PATH ${VM_ENV-}; do
		[[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || fail 2 "VM_ENV: '$name' is not a variable's name"
		[[ ! -v $name ]] || printf 'export %s=%q\n' "$name" "${!name}"
	done
	printf 'cd %q || exit\n' "$PWD"
	printf 'exec'
	printf ' %q' "$@"
	printf '\n'
}

# A comma separates QEMU's options, two of them stand for one.
option_path() {
	printf '%s' "${1//,/,,}"
}

# Fills $net, QEMU's options for the cards that VM_NET names. The cables are hubs within QEMU: nothing of this machine's
# network takes part.
plan_net() {
	local card end hub=0

	for card in "${cards[@]}"; do
		hub=$((hub + 1))
		for end in 1 2; do
			[[ $end == 1 ]] || card=virtio-net-pci
			net+=(-netdev "hubport,id=net$hub$end,hubid=$hub"
				-device "$card,netdev=net$hub$end,romfile=,mac=$(printf '52:54:00:00:%02x:%02x' "$hub" "$end")")
		done
	done
}

# start_guest KERNEL-FOLDER RUN-FOLDER: leaves its process in $guest.
start_guest() {
	local share=() net=() cards boot shared

	boot="quiet cryptomgr.notests console=ttyS0 panic=-1 oops=panic nowatchdog norandmaps nokaslr mitigations=off"
	boot+=" vm_name=relaytrap-$kernel vm_bash=$BASH vm_job=\"$2/job\" vm_modules=\"$1/modules/lib/modules\""
	if [[ ${VM_OUT-} ]]; then
		boot+=" vm_out=yes"
		shared=local,id=out,security_model=none,path=$(option_path "$VM_OUT")
		share=(-fsdev "$shared" -device "virtio-9p-pci,fsdev=out,mount_tag=out")
	else
		boot+=" vm_out=no"
	fi
	read -ra cards <<<"${VM_NET-}"
	plan_net
	boot+=" vm_cards=${#cards[@]}"
	timeout --foreground -k 5 "$limit" qemu-system-x86_64 \
		-M q35 -accel tcg,tb-size=128 -cpu max -smp 1 -m 768 \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$1/vmlinux" -initrd "$1/initramfs.cpio" -append "$boot" \
		-serial "file:$2/console" \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root "${share[@]}" "${net[@]}" \
		-device virtio-serial-pci \
		-chardev "file,id=stdout,path=/dev/fd/$out" -device virtserialport,nr=1,chardev=stdout \
		-chardev "file,id=stderr,path=/dev/fd/$err" -device virtserialport,nr=2,chardev=stderr \
		-chardev "file,id=status,path=$(option_path "$2/status")" -device virtserialport,nr=3,chardev=status \
		</dev/null >"$2/qemu" 2>&1 &
	guest=$!
}

[[ ${1-} != --help ]] || { usage; exit 0; }
[[ $# -ge 3 && $2 == -- && $1 =~ ^6\.(1|12)$ ]] || { usage >&2; exit 2; }
kernel=$1
limit=${VM_TIMEOUT:-300}
shift 2
[[ $limit =~ ^[1-9][0-9]*$ ]] || fail 2 "VM_TIMEOUT: '$limit' is not a number of seconds"
check_visible "$PWD" "the current directory"
check_visible "$build" "the folder"
if [[ ${VM_OUT-} ]]; then
	[[ -d $VM_OUT && -w $VM_OUT ]] || fail 2 "VM_OUT: $VM_OUT is not a folder one can write to"
	VM_OUT=$(realpath "$VM_OUT")
fi

"$scripts/install-deps.sh" vm || fail 125 "there is no QEMU"
folder=$("$scripts/vm-kernel.sh" "$kernel") || fail 125 "there is no kernel $kernel to boot"
mkdir -p "$build/vm"
run=$(mktemp -d "$build/vm/XXXXXX")
guest=
trap '[[ -z $guest ]] || kill "$guest"; rm -rf "$run"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
write_job "$@" >"$run/job"

# A reader that goes away early must not stop the guest: the rest is then thrown away.
exec {out}> >(cat || cat >/dev/null)
out_reader=$!
exec {err}> >(cat >&2 || cat >/dev/null)
err_reader=$!
start_guest "$folder" "$run"
outcome=0
wait "$guest" || outcome=$?
guest=
exec {out}>&- {err}>&-
wait "$out_reader" "$err_reader" || true

[[ ! -s $run/status ]] || exit "$(<"$run/status")"
# 137: QEMU had to be killed, as it did not heed the first signal.
[[ $outcome != 124 && $outcome != 137 ]] || fail 124 "no end after $limit seconds; VM_TIMEOUT sets the limit"
tail -q -n 60 "$run/qemu" "$run/console" >&2 || true
fail 125 "the guest died without a status (QEMU ended with $outcome); above, the last that it and its console said"
