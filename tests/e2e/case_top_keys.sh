#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# top on a terminal: keys, processes, details, filter, order, sizes, and how it ends.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=tests/e2e/terminal.sh
. "$RT_ROOT/tests/e2e/terminal.sh"

# Nobody may be there to wait for it.
has_ended() { # pid
	[ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

begin
lab 25
watch_ports --port 6515,8080 --interval 200ms --netns "/run/netns/${LAB_NAME}host"
python_server agent proxy.py --name myAgtSvc
python_server other proxy.py --name otherSvc --listen 0.0.0.0:8080
load --connections 60 --targets 198.18.0.1+60
terminal_open 80 24
top_open -d 0.2
shows '! relaying +myAgtSvc +6515 +60 '
shows '^Now +! 1 relaying +1 quiet'
same_screen top-80x24

# Moving, processes, details
selects 'myAgtSvc'
keys Down
selects 'otherSvc'
keys k Right
shows 'reads +└ [0-9]+ root '
keys j
selects '└'
keys Left
selects 'myAgtSvc'
hides '└'
keys Enter
shows '^ Why +60 mail servers in 5m'
shows "^ To stop it mode enforce would block port 6515"
shows '^ fan-out .*█ +60$'
same_screen top-pane-80x24
keys Escape
hides ' Why '

# Filter and order
keys /
shows '^Filter by'
typed OTHER
shows 'otherSvc'
hides 'myAgtSvc'
keys Enter
shows '^filter "other"'
keys Escape
shows 'myAgtSvc'
keys s s
shows '▾ACCEPTS'
keys d
typed 0.1
keys Enter
shows 'every 100ms'
keys d
typed x
keys Enter
shows '! "x" is not a duration'
keys '?'
shows '^Verdicts'
same_screen top-help-80x24
keys '?'
hides '^Verdicts'

# Sizes: more columns are used, less are borne
terminal_tmux resize-window -t t -x 200 -y 50
shows 'UP-OUT$'
terminal_tmux resize-window -t t -x 30 -y 5
shows 'needs 40x10'
terminal_tmux resize-window -t t -x 80 -y 24
shows '^Now '

# Stopped and continued by the shell, and the end
keys C-z
shows '^ready> *$'
typed fg
keys Enter
shows '^Now '
keys q
top_ended
top_open
kill "$(top_pid)"
top_ended

# A terminal that is gone: top goes with it
top_open
pid=$(top_pid)
stop tmux KILL
wait_until 10 "top to go with its terminal" has_ended "$pid"
