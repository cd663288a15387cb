#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# check-includes.sh ROOT BUILD PURE...: the rules of the house that a compiler does not know.
# ROOT holds user/, BUILD the objects of it in user/ and the unit tests in unit/; PURE names the pure files.
set -euo pipefail

# What pure code may call besides other pure code: no I/O but to a stream that is handed in, no clock, no
# environment, no random numbers, nothing with state of its own. Extended regular expressions, whole names.
allowed=(
	'mem(chr|cmp|cpy|mem|move|set)' 'str[n]?(cmp|casecmp|chr|chrnul|cpy|cat|dup|len|pbrk|rchr|sep|spn|cspn|str)'
	'stpcpy' 'strlcpy' 'strtok_r' 'str(case|errorname_np|error)' 'strto(l|ll|ul|ull|d|imax|umax)' 'explicit_bzero'
	'(__isoc(99|23)_)?(v?sscanf|strto(l|ll|ul|ull))' 'v?snprintf' 'v?asprintf'
	'is(alnum|alpha|digit|print|space|xdigit|cntrl|upper|lower|punct|w[a-z]+)' 'to(upper|lower)'
	'__ctype_(b|tolower|toupper)_loc' 'mbrtowc|mbrlen|wcwidth'
	'malloc' 'calloc' 'realloc' 'reallocarray' 'free' 'open_memstream'
	'qsort' 'qsort_r' 'bsearch' 'log[2]?f?' 'log1p' 'exp[2]?' 'pow' 'sqrt' 'fabs' 'floor' 'ceil' 'l?l?round' 'l?rint' 'ldexp'
	'v?fprintf' 'fput[cs]' 'putc' 'fwrite' 'fflush' 'fclose' 'ferror' 'fgets' 'getline' 'getc' 'feof'
	'gmtime_r' 'timegm' 'strftime' 'inet_(ntop|pton)' '[hn]to[nh][sl]'
	'json_object_.*' 'json_tokener_.*' 'ini_parse_(string|stream)'
	# Its state is libc's own; whoever parses starts it afresh.
	'getopt_long' 'opt(arg|err|ind|opt)'
	'__u?(div|mod|divmod)[dt]i[34]' '__errno_location' '__stack_chk_fail' '__assert_fail' '_GLOBAL_OFFSET_TABLE_'
)

fail() {
	echo "check-includes: $*" >&2
	status=1
}

# only_in FILES WHAT PATTERN: the files of user/ whose names match may include what PATTERN finds, no others.
only_in() {
	local found

	found=$(grep -lE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]$3" "$root"/user/*.[ch] | sed 's|.*/||') || true
	[[ $found ]] || fail "nothing in user/ includes $2 any more: mend this check"
	found=$(grep -vxE "$1" <<<"$found" | paste -sd ' ') || true
	[[ ! $found ]] || fail "$2 is not for: $found"
}

# Names that the given objects need, or define for others.
needed() {
	nm -u --format=posix "$@" | awk 'NF >= 2 { print $1 }' | sort -u
}

defined() {
	nm -g --defined-only --format=posix "$@" | awk 'NF >= 3 { print $1 }' | sort -u
}

check_pure_calls() {
	local name object calls own

	own=$(defined "${pure_objects[@]}")
	for object in "${pure_objects[@]}"; do
		name=$(basename "$object" .o).c
		calls=$(comm -23 <(needed "$object") <(echo "$own") |
			grep -vxE "$(IFS='|' && echo "${allowed[*]}")" | paste -sd ' ' || true)
		[[ ! $calls ]] || fail "user/$name must stay pure, and uses: $calls"
	done
}

# Variables that can change, wherever their name can be seen from; tables of constant pointers may be relocated.
check_pure_state() {
	local object state

	for object in "${pure_objects[@]}"; do
		state=$(objdump -t "$object" |
			awk '/[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && !/ d  / && !/\.data\.rel\.ro/ { print $NF }' |
			paste -sd ' ')
		[[ ! $state ]] || fail "user/$(basename "$object" .o).c must have no variables of its own: $state"
	done
}

check_unit_tests() {
	local program libraries

	for program in "$build"/unit/test_*; do
		[[ -x $program ]] || continue
		libraries=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(lib\(bpf\|elf\|ncurses\|tinfo\|curses\)[^]]*\)\]/\1/p' |
			paste -sd ' ')
		[[ ! $libraries ]] || fail "${program##*/} must not be linked with: $libraries"
	done
}

check_commands() {
	local one other shared

	for one in "$build"/user/cmd_*.o; do
		for other in "$build"/user/cmd_*.o; do
			[[ $one != "$other" && -e $one ]] || continue
			shared=$(comm -12 <(needed "$one") <(defined "$other") | paste -sd ' ')
			[[ ! $shared ]] || fail "$(basename "$one" .o).c must not call $(basename "$other" .o).c: $shared"
		done
	done
}

(($# > 2)) || { echo "usage: check-includes.sh ROOT BUILD PURE..." >&2; exit 2; }
root=$1 build=$2 status=0
shift 2
pure_objects=("${@/#/"$build/user/"}")
pure_objects=("${pure_objects[@]/%/.o}")

only_in 'kernel_bpf\.h' 'libbpf or the skeleton' '(bpf/|[^>"]*\.skel\.h)'
only_in 'kernel[a-z_]*\.c' 'kernel_bpf.h' 'kernel_bpf\.h'
only_in 'screen\.c' 'curses' 'n?curses(w/|\.h|/)'
check_pure_calls
check_pure_state
check_unit_tests
check_commands
exit "$status"
