#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What a contained service has open is closed, on both sides; what others have open, and allowed ones, is not.
# matrix: yes
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

begin
lab 25
open_at() { # role, filter of ss
	lab_in "$1" ss -Htn state established "$2" | wc -l
}
none_at() { # role, filter of ss
	[ "$(open_at "$@")" = 0 ]
}

watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode dry-run --min-accepts 10 \
	--allow 198.18.7.0/24,10.77.1.99/32
python_server proxy proxy.py
lab_server host other "$RT_PY/relay.py" --listen 0.0.0.0:7000 --name other
mkfifo other_gate allowed_gate
start client through_other "$RT_PY/load.py" --out other.json --hold relayed --gate other_gate --connections 5 \
	--proxy 10.77.0.254:7000 --targets 198.19.0.1+5
wait_until 20 "the other's clients" has_line through_other '^holding'
start client to_allowed "$RT_PY/load.py" --out allowed.json --hold relayed --gate allowed_gate --connections 1 \
	--sources 10.77.1.99 --targets 198.18.7.1
wait_until 20 "the client to what is allowed" has_line to_allowed '^holding'
# Of connections that have ended all bytes are known, so that they tell a relay on any machine, however slow it is.
load --connections 30 --parallel 1 --targets 198.18.0.1+30
mkfifo gate
start client load "$RT_PY/load.py" --out client.json --hold relayed --gate gate --connections 40 \
	--targets 198.18.0.1+40 --may-fail
wait_until 20 "the clients" has_line load '^holding'
expect "verdict == 'relaying'" 'containment.dry_run == True' 'containment.cut == 0' 'open == 41'

# From the dry run to the real thing; what was open is cut, though the daemon is another one.
stop relaytrap
watch_ports --port 6515 --netns "/run/netns/${LAB_NAME}host" --interval 200ms --mode enforce --min-accepts 10 \
	--allow 198.18.7.0/24,10.77.1.99/32
expect "verdict == 'contained'" 'containment.cut == 80' 'open == 1'
wait_until 5 "the event" has_line relaytrap 'is contained for 1h00m: it is relaying; connections cut: 80$'
wait_until 5 "the clients to lose theirs" none_at client 'dport = :6515 and not src 10.77.1.99'
wait_until 5 "the sinks to lose theirs" none_at internet 'src 198.18.0.0/24'
[ "$(open_at host 'dst 198.18.7.1')" = 1 ] || fail "what is allowed was cut"
[ "$(open_at internet 'src 198.19.0.0/24')" = 5 ] || fail "connections of another program were cut"
: >other_gate
finish through_other
[ "$ENDED" = 0 ] || fail "clients of another program failed"
: >allowed_gate
finish to_allowed
[ "$ENDED" = 0 ] || fail "the allowed client failed"
: >gate
finish load
expect 'containment.cut == 80' 'connects == 71'
