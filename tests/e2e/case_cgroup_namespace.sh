#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Where a part of the cgroup hierarchy is mounted the hooks go to its root all the same, or run and check fail.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need findmnt bpftool
begin
root=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
[ -d "$root" ] || skip "no cgroup v2 hierarchy"
mkdir "$root/$RT_ID"

# As a container has it: a namespace, whose root is all that can be mounted.
namespace() { # command…
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$root/$RT_ID" unshare -C -m bash -c '
		set -e
		findmnt -n -t cgroup2 -o TARGET | tac | while read -r part; do umount -l "$part"; done
		mount -t cgroup2 none "$1"
		shift
		exec "$@"' sh "$root" "$@"
}
cat >in-namespace <<END
#!/usr/bin/env bash
$(declare -p root RT_ID)
$(declare -f namespace)
namespace "\$@"
END
chmod +x in-namespace
refused 1 'only a part of the cgroup v2 hierarchy .* --cgroupns=host' \
	"$RT_TMP/in-namespace" "$RELAYTRAP" run --pin-dir "$PIN_DIR"
[ ! -e "$PIN_DIR" ] || fail "a refused run has pinned something"
! namespace "$RELAYTRAP" check --pin-dir "$PIN_DIR" >check.out 2>check.err || fail "check is content: $(cat check.out)"
grep -q '^MISSING  *cgroup v2 hierarchy: only a part' check.out || fail "check: $(cat check.out check.err)"

# A part that is mounted first, and the whole.
mkdir part
# shellcheck disable=SC2016 # the inner shell's
start - relaytrap unshare -m bash -c '
	set -e
	mount --bind "$1/$2" part
	findmnt -n -t cgroup2 -o TARGET | grep -v /part$ | tac | while read -r whole; do umount -l "$whole"; done
	mount -t cgroup2 none "$1"
	shift 2
	exec "$@"' sh "$root" "$RT_ID" "$RELAYTRAP" run --pin-dir "$PIN_DIR"
wait_until 30 "relaytrap to count" has_line relaytrap '^relaytrap: counting'
hooked=$(bpftool -j link show pinned "$PIN_DIR/connect_ipv4" | jq .cgroup_id)
[ "$hooked" = 1 ] || fail "the hooks are at cgroup $hooked, not at the root"
