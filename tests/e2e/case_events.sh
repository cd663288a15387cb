#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Events, as text and as JSON: a listener comes, relays, goes and comes back; instances come and go.
# matrix: long
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 8080
follow() { # name, option…
	start - "$1" "$RELAYTRAP" events --pin-dir "$PIN_DIR" --interval 200ms "${@:2}"
}
told() { # pattern, in the text of events
	wait_until 10 "the event" has_line events "$1"
}
watch=(watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms)

follow events
told 'no instance is running.*waiting'
"${watch[@]}"
told 'an instance was loaded'
follow json --json
python_server proxy proxy.py
told 'asyncproxy (pid [0-9]*) listens on port 6515 now$'
load --connections 30 --targets 198.18.0.1+30 --port 8080 --rate 50
# Told while it goes on: at the 20th upstream at the earliest.
told 'asyncproxy on port 6515 (pid [0-9]*) is relaying, was .*: .*\(2[0-9]\|30\) distinct upstreams'
stop proxy KILL
wait_until 10 "status to see it" expect --for 1 'listeners == 0'
python_server proxy proxy.py
told 'asyncproxy (pid [0-9]*) is back: it listens on port 6515 again$'
stop relaytrap
told 'not renewed any more'
expect "verdict == 'relaying'" '"not judged again for" in reasons[-1]'
"${watch[@]}" --fan-out 100 # by this one's measure it does not relay, but the verdict is held
told 'renewed again'
wait_until 5 "what was judged before" has_line relaytrap 'is relaying, was .*; and [0-9]* more reasons$'
expect '"held: judged so before" in reasons[-1]'
stop relaytrap
unload
told 'the instance was unloaded'
"${watch[@]}"
loaded_twice() {
	[ "$(grep -c 'was loaded' events.log)" = 2 ]
}
wait_until 10 "the second instance" loaded_twice

"$RT_PY/events.py" json.log --count listener_back=1 --count loaded=1 --count unloaded=1 \
	--last verdict 'event["verdict"] == "relaying" and event["ports"] == [6515] and event["reasons"]'
[ "$(wc -l <events.log)" -lt 20 ] || fail "more than a few lines"
for name in events json; do
	stop "$name"
	[ "$ENDED" -eq 0 ] || fail "exit status $ENDED of $name"
done
start - unread bash -c "'$RELAYTRAP' events --pin-dir '$PIN_DIR' --interval 200ms 2>&1 | true; echo \"\${PIPESTATUS[0]}\""
wait_until 10 "the end of what nobody reads" has_line unread '^0$'

stop relaytrap
touch journal.log
JOURNAL_STREAM=$(stat -c %d:%i journal.log) start - journal "$RELAYTRAP" run --pin-dir "$PIN_DIR" --max-services 9
wait_until 10 "priorities in the journal" has_line journal '^<6>relaytrap: counting'
wait_until 10 "a warning" has_line journal '^<4>relaytrap: .*max_services'
