#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# check_includes.sh: shows that scripts/check-includes.sh accepts a small tree that keeps the rules,
# and refuses that tree once any rule is broken.
set -euo pipefail

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../scripts" && pwd)
# shellcheck source=tests/results.sh
. "$(dirname "${BASH_SOURCE[0]}")/../results.sh"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# source_file NAME: standard input becomes user/NAME.
source_file() {
	cat >"$tree/user/$1"
}

fresh_tree() {
	rm -rf "$tree"
	mkdir -p "$tree"/{user,fake/bpf,build/user,build/unit}
	touch "$tree"/fake/{bpf/libbpf.h,relaytrap.skel.h,ncurses.h}
	source_file kernel_bpf.h <<<$'#include <bpf/libbpf.h>\n#include "relaytrap.skel.h"'
	source_file kernel_pin.c <<<'#include "kernel_bpf.h"'
	source_file screen.c <<<'#include <ncurses.h>'
	source_file cmd_one.c <<<'int cmd_one(void) { return 1; }'
	source_file cmd_two.c <<<'int cmd_two(void) { return 2; }'
	source_file pure.c <<-'END'
		#include <stdio.h>
		#include <string.h>
		int helper(const char *text);
		static const char *const names[] = { "one", "two" };
		int pure(FILE *stream, int i) { return fprintf(stream, "%s %d", names[i], helper(names[i])); }
	END
	source_file helper.c <<<$'#include <string.h>\nint helper(const char *text) { return (int)strlen(text); }'
	printf 'int main(void) { return 0; }\n' >"$tree/test_pure.c"
}

# check OPTION...: builds the tree, options being for the linker of its unit test, and judges it.
check() {
	local file

	for file in "$tree"/user/*.c; do
		gcc -O2 -w -I"$tree/fake" -c "$file" -o "$tree/build/user/$(basename "$file" .c).o"
	done
	gcc "$tree/test_pure.c" -o "$tree/build/unit/test_pure" "$@"
	"$scripts/check-includes.sh" "$tree" "$tree/build" pure helper 2>"$tree/log"
}

# refused NAME COMPLAINT OPTION...: whether the tree as it stands now is refused for that reason alone.
refused() {
	if check "${@:3}"; then
		result FAIL "$1" "accepted"
	elif [[ $(wc -l <"$tree/log") != 1 ]] || ! grep -q "$2" "$tree/log"; then
		result FAIL "$1" "refused otherwise: $(<"$tree/log")"
	else
		result ok "$1"
	fi
	fresh_tree
}

# refused_with NAME COMPLAINT FILE LINE: the same with this line at the end of that file.
refused_with() {
	echo "$4" >>"$tree/user/$3"
	refused "$1" "$2"
}

fresh_tree
if check; then
	result ok "a good tree"
else
	result FAIL "a good tree" "$(<"$tree/log")"
fi

refused_with "libbpf elsewhere" 'libbpf .*: cmd_one.c$' cmd_one.c '#include <bpf/libbpf.h>'
refused_with "the skeleton elsewhere" 'skeleton .*: view.h$' view.h ' # include "relaytrap.skel.h"'
refused_with "libbpf by way of its header" 'kernel_bpf.h .*: cmd_two.c$' cmd_two.c '#include "kernel_bpf.h"'
refused_with "curses elsewhere" 'curses .*: pure.c$' pure.c '#include <ncurses.h>'
refused_with "standard output" 'pure.c .*uses: puts$' pure.c 'void say(void) { puts("x"); }'
refused_with "a file" 'pure.c .*uses: open$' pure.c 'int open(const char *, int); int f(void) { return open("x", 0); }'
refused_with "a clock" 'helper.c .*uses: clock_gettime$' helper.c \
	$'#include <time.h>\nint f(struct timespec *t) { return clock_gettime(CLOCK_REALTIME, t); }'
refused_with "the environment" 'pure.c .*uses: getenv$' pure.c $'#include <stdlib.h>\nchar *f(void) { return getenv("x"); }'
refused_with "impure code of the house" 'pure.c .*uses: cmd_one$' pure.c 'int cmd_one(void); int f(void) { return cmd_one(); }'
refused_with "a global variable" 'helper.c .*variables.*: calls$' helper.c 'int calls;'
refused_with "a hidden variable" 'helper.c .*variables.*: calls' helper.c 'int f(void) { static int calls; return ++calls; }'
refused_with "an initialised one" 'pure.c .*variables.*: last$' pure.c 'static int last = 7; int f(int i) { int l = last; last = i; return l; }'
refused_with "a thread's variable" 'pure.c .*variables.*: last$' pure.c '_Thread_local int last;'
refused_with "a command calling another" 'cmd_one.c must not call cmd_two.c: cmd_two$' cmd_one.c \
	'int cmd_two(void); int f(void) { return cmd_two(); }'
refused "a unit test with libelf" 'test_pure must not be linked with: libelf' -Wl,--no-as-needed -lelf
rm "$tree/user/screen.c"
refused "a rule about nothing" 'includes curses any more'
finish includes
