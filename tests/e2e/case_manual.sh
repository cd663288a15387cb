#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# The man pages and the completion list exactly the commands and settings that relaytrap has, and are well-formed.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need mandoc man shellcheck
begin
lab_up "$RT_ID" # whose interfaces are known
share=$(dirname "$RELAYTRAP")/share
completion=$share/completion/relaytrap
bash_completion=/usr/share/bash-completion/bash_completion
[ -r "$bash_completion" ] || skip "bash-completion is not installed"

same() { # what, file, file
	diff -u "$2" "$3" >&2 || fail "$1 differ"
}

commands() {
	"$RELAYTRAP" help | awk '/^  / && $1 != "help" && $1 != "--version" { print $1 }' | sort
}

options() { # command
	"$RELAYTRAP" help "$1" | grep -oP '^  (    |-., )--[a-z-]+' | tr -s ', ' '\n' | sed '/^$/d' | sort
}

# A section of a page as plain text, nothing of it wrapped.
section() { # page, section
	mandoc -T ascii -O width=990 "$share/$1" | col -b | awk -v name="$2" '/^[A-Z]/ { in_it = $0 == name } in_it'
}

# What the completion offers behind these words, the last of which is being typed.
offered() { # word…
	# shellcheck disable=SC2016 # for the other shell
	lab_in client bash --norc -c '. "$1" && . "$2" && shift 2 &&
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" && COMP_LINE=${COMP_LINE// = /=} COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMP_KEY=9
		compopt() { :; }
		_relaytrap 2>&1 && printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$bash_completion" "$completion" "$@"
}

commands >commands.list
[ "$(wc -l <commands.list)" -gt 5 ] || fail "no commands in: $("$RELAYTRAP" help)"
section relaytrap.8 COMMANDS | awk '/^     [a-z]/ && $1 != "help" { print $1 }' | sort >manual
same "the commands and those of the manual" commands.list manual
offered relaytrap '' | grep -vx -e help -e --help -e --version | sort >completed
same "the commands and those of the completion" commands.list completed

while read -r command; do
	options "$command" >options.list
	offered relaytrap "$command" - | sort >completed
	same "the options of $command and those of the completion" options.list completed
	sed -i '/^-.$/d' options.list
	[ -s options.list ] || fail "no options in the help of $command"
	cat options.list >>all
	section relaytrap.8 COMMANDS | awk -v name="$command" '/^     [a-z]/ { in_it = $1 == name } in_it' |
		grep -oP ' \K--[a-z-]+' | sort >manual || true
	same "the options of $command and those of the manual" options.list manual
done <commands.list
sort -u all >options.list
section relaytrap.8 OPTIONS | grep -oP '^     (-., )?\K--[a-z-]+' | grep -vx -- --version | sort >manual
same "all options and those described in the manual" options.list manual

"$RELAYTRAP" help config | grep -oP '^#\K[a-z_]+(?= =)' | sort >settings
section relaytrap.conf.5 SETTINGS | grep -oP '^     \K[a-z_]+(?= = )' | sort >manual
same "the settings and those of the manual" settings manual
grep -oP '^#\K[a-z_]+(?= =)' "$share/relaytrap.conf" | sort >installed
same "the settings and those of the file to be installed" settings installed

for page in relaytrap.8 relaytrap.conf.5; do
	mandoc -T lint -W warning "$share/$page" >lint.log || fail "$page: $(cat lint.log)"
	man --warnings=w,all -l -Tutf8 "$share/$page" 2>lint.log >page.txt
	[ ! -s lint.log ] || fail "$page: $(cat lint.log)"
	grep -q NAME page.txt || fail "$page cannot be shown"
done
shellcheck -s bash "$completion"

[ "$(offered relaytrap run --mode '' | sort | paste -sd ' ')" = "dry-run enforce observe" ] || fail "modes"
[ "$(offered relaytrap run --mode = e)" = enforce ] || fail "--mode=e: $(offered relaytrap run --mode = e)"
[ "$(offered relaytrap run --interface l)" = lo ] || fail "interfaces"
[ "$(offered relaytrap run -i eth0,l)" = eth0,lo ] || fail "list of interfaces"
[ "$(offered relaytrap replay --set mail)" = mail_fan_out= ] || fail "thresholds"
[ "$(offered relaytrap run --config comm)" = commands.list ] || fail "files"
[ "$(offered relaytrap help conf)" = config ] || fail "help"
[ -z "$(offered relaytrap nonsense '')" ] || fail "an unknown command takes $(offered relaytrap nonsense '')"

# What the running instance knows.
ask() { # word…
	offered "$RELAYTRAP" "$1" --pin-dir "$PIN_DIR" "${@:2}" | sort | paste -sd ' '
}
[ -z "$(ask unblock '')" ] || fail "without an instance there is something to unblock: $(ask unblock '')"
lab_in host "$RELAYTRAP" block 7777 7780 --pin-dir "$PIN_DIR" >/dev/null
lab_in host "$RELAYTRAP" allow 192.0.2.0/24 2001:db8::/32 --pin-dir "$PIN_DIR" >/dev/null
[ "$(ask unblock '')" = "7777 7780" ] || fail "to unblock: $(ask unblock '')"
[ "$(ask disallow 1)" = 192.0.2.0/24 ] || fail "to disallow: $(ask disallow 1)"
[ "$(ask disallow 2001:)" = db8::/32 ] || fail "to disallow, by what follows a colon: $(ask disallow 2001:)"
[ -z "$(ask release '')" ] || fail "to release: $(ask release '')"
unload
