#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# lint.sh PURE... -- FLAG...: every check of the sources that runs nothing of them. PURE names the pure
# files of user/, FLAG... is what the compiler is given. `make lint` knows both.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/results.sh
. tests/results.sh
shopt -s nullglob

# Another release of clang-format would lay the same code out otherwise.
format_release=14

pure=()
while (($#)) && [[ $1 != -- ]]; do
	pure+=("$1")
	shift
done
(($# > 1)) || { echo "usage: lint.sh PURE... -- FLAG..." >&2; exit 2; }
shift
flags=("$@")

c_files=(user/*.c)
formatted=(include/*.h bpf/*.[ch] user/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])
mapfile -t scripts < <(grep -lrE '^#!.*\b(ba)?sh$' scripts tests packaging .ci)

# check NAME COMMAND...: one result; what the command says is shown if it fails.
check() {
	local name=$1 output start=$SECONDS

	if output=$("${@:2}" 2>&1); then
		result ok "$name" "$((SECONDS - start)) s"
	else
		echo "$output"
		result FAIL "$name"
	fi
}

# Stricter than the build, which must also pass with compilers of tomorrow.
compile() {
	"$1" -fsyntax-only -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings -Wundef \
		"${flags[@]}" "${c_files[@]}"
}

tidy() {
	printf '%s\0' "${c_files[@]}" | xargs -0 -I '{}' -P "$(nproc)" clang-tidy --quiet '{}' -- "${flags[@]}"
}

shell() {
	printf '%s\0' "${scripts[@]}" | xargs -0 -n 16 -P "$(nproc)" shellcheck -x
}

format() {
	clang-format --dry-run --Werror "${formatted[@]}"
}

licence() {
	local missing

	missing=$(find Makefile .ci bpf include scripts tests user -type f \
		\( -name Makefile -o -name run -o -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) -print0 |
		xargs -0 awk 'FNR == 1 { found = 0 } /SPDX-License-Identifier: GPL-2.0/ { found = 1 } FNR == 3 && !found { print FILENAME }')
	[[ -z $missing ]] || { echo "no SPDX line at the top of: $missing"; return 1; }
}

unfinished() {
	! grep -rnwE 'TO[D]O|FIX[M]E|XX[X]' Makefile .ci bpf include packaging scripts tests user docs README.md
}

check "compile with gcc" compile gcc
check "compile with clang" compile clang
check "clang-tidy" tidy
check "shellcheck" shell
if clang-format --version | grep -q "version $format_release\."; then
	check "format" format
else
	result skip "format" "it is checked with clang-format $format_release"
fi
check "licence lines" licence
check "nothing unfinished" unfinished
check "rules of the house" scripts/check-includes.sh . build "${pure[@]}"
check "check of these rules" tests/lint/check_includes.sh
finish lint
