#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A terminal for the cases of top: tmux, with keys to send and a screen to read. Sourced after lib.sh.

# -N: else a command that is too early starts a server of its own, which nobody ends.
terminal_tmux() {
	tmux -N -L "$RT_ID" "$@"
}

# A shell in a terminal; what is typed is the command. The terminal is gone with the case.
terminal_open() { # columns, rows
	need tmux
	cat >tmux.conf <<-END
		set -g default-terminal screen-256color
		set -s escape-time 0
		set -g status off
		set -g remain-on-exit off
	END
	start - tmux tmux -L "$RT_ID" -D -f tmux.conf
	wait_until 20 "a terminal" terminal_begin "$@"
}

terminal_begin() { # columns, rows
	terminal_tmux new-session -d -x "$1" -y "$2" -s t "PS1='ready> ' LC_ALL=${TERMINAL_LOCALE:-C.UTF-8} bash --norc" 2>/dev/null
}

keys() { # key of tmux…
	terminal_tmux send-keys -t t "$@"
}

typed() { # text
	terminal_tmux send-keys -t t -l -- "$1"
}

screen() { # option of capture-pane…
	terminal_tmux capture-pane -p -t t "$@"
}

# Nobody stops reading half-way, as grep -q does: who still writes would fail.
on_screen() { # pattern
	screen | grep -E -e "$1" >/dev/null
}

not_on_screen() { # pattern
	! on_screen "$1"
}

# Waits for what a key must bring about.
shows() { # pattern
	local limit=$((SECONDS + $(patience 15)))
	until on_screen "$1"; do
		[ "$SECONDS" -le "$limit" ] || fail "no '$1' on the screen: $(screen)"
		sleep 0.05
	done
}

hides() { # pattern
	local limit=$((SECONDS + $(patience 15)))
	until not_on_screen "$1"; do
		[ "$SECONDS" -le "$limit" ] || fail "'$1' stays on the screen: $(screen)"
		sleep 0.05
	done
}

# The selected row, which alone is drawn reversed within the table.
selected_row() {
	screen -e | sed -n '7,$p' | grep $'\e\\[[0-9;]*7m' | sed -n '1 { s/\x1b\[[0-9;]*m//g; s/\x0f//g; p }'
}

selects() { # pattern
	local limit=$((SECONDS + $(patience 15)))
	until selected_row | grep -E -e "$1" >/dev/null; do
		[ "$SECONDS" -le "$limit" ] || fail "'$1' is not selected: $(screen)"
		sleep 0.05
	done
}

top_open() { # argument…
	typed "clear; '$RELAYTRAP' top --pin-dir $PIN_DIR $*"
	keys Enter
	shows '^relaytrap on '
}

top_pid() {
	pgrep -f "^$RELAYTRAP top --pin-dir $PIN_DIR"
}

# The shell is back, on a terminal as it was.
top_ended() {
	shows '^ready> *$'
	typed 'stty -a | grep -o " -\?echo \| -\?icanon "'
	keys Enter
	shows '^ icanon'
	shows '^ echo'
}

# What differs between two runs becomes the same: host, times, pids, figures, and what was drawn of them.
without_figures() {
	sed -E -e 's/^relaytrap on .* every /relaytrap on HOST every /' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}/TIME/' \
		-e '/^ (accepts|connects|bytes)\/s |^ fan-out /s/[^a-z/ -].*/ SPARKS/' -e 's/\b([0-9]+[dhms])+\b/AGE/g' \
		-e 's/[0-9]+([.][0-9]+)?[KMG]?\b/N/g' -e 's/──+/──/g' -e 's/  +/  /g' -e 's/ +$//'
}

# As tests/e2e/golden/NAME.txt has it; RT_GOLDEN=write keeps what is seen now: look at it.
same_screen() { # name
	local golden=$RT_ROOT/tests/e2e/golden/$1.txt
	local limit=$((SECONDS + $(patience 15)))
	screen | without_figures >seen.txt
	[ -z "${RT_GOLDEN:-}" ] || cp seen.txt "$golden"
	until cmp -s "$golden" seen.txt; do
		[ "$SECONDS" -le "$limit" ] || fail "the screen is not that of $golden: $(diff -u "$golden" seen.txt)"
		sleep 0.05
		screen | without_figures >seen.txt
	done
}
