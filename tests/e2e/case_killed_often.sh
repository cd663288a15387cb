#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# kill -9 of the daemon 100 times under load, at any moment, starts included: no packet to the blocked port passes,
# no counter goes back, nothing piles up in the kernel.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need nft jq bpftool
begin
lab 25
netns=(--netns "/run/netns/${LAB_NAME}host")
python_server proxy proxy.py --listen 0.0.0.0:7777
python_server blocked proxy.py --listen 0.0.0.0:6515
lab_in host nft -f - <<-'END'
	table inet witness {
		chain input {
			type filter hook input priority 0
			tcp dport 6515 counter
		}
	}
END

passed() { # packets that the stack got to see
	lab_in host nft -j list chain inet witness input | jq '[.. | .counter? | objects | .packets] | add'
}
counters() { # one line, of numbers that only grow
	"$RELAYTRAP" status --json --pin-dir "$PIN_DIR" | jq -c '[.uptime_seconds,
		(.guard[] | select(.port == 6515) | .packets, .bytes, .syns),
		(.services[] | select(.ports == [7777]) | .accepts, .connects, .bytes.client_sent)]'
}
some_passed() {
	[ "$(passed)" -gt 0 ]
}
all_counters() {
	[ "$(counters | jq length)" -eq 7 ]
}
knock() {
	start client knock "$RT_PY/knocking.py" 10.77.0.254 6515 100
	wait_until 10 "who knocks" has_line knock '^ready'
}
as_many_objects() { # number
	[ "$(instance_objects | wc -l)" -eq "$1" ]
}

watch_ports --port 7777,6515 "${netns[@]}"
knock
wait_until 10 "a packet, as nothing is blocked yet" some_passed
stop knock
"$RELAYTRAP" block 6515 --pin-dir "$PIN_DIR" "${netns[@]}"
lab_in host nft reset counters >/dev/null
before_block=$(passed)
knock
start client load "$RT_PY/load.py" --out client.json --proxy 10.77.0.254:7777 --rate 50 --connections 100000
wait_until 20 "what comes in" all_counters
before=$(counters)
turns=$(size 100 10)
for ((turn = 1; turn <= turns; turn++)); do
	sleep "0.$(printf %03d $((RANDOM % 300)))"
	stop relaytrap KILL
	[ "$turn" -ne 1 ] || objects=$(instance_objects | wc -l)
	after=$(counters)
	jq -en --argjson before "$before" --argjson after "$after" \
		'($after | length) == 7 and all(range(7); $after[.] >= $before[.])' >turn.json ||
		fail "after kill $turn a counter went back: $before, then $after"
	before=$after
	start - relaytrap "$RELAYTRAP" run --port 7777,6515 --interval 100ms --pin-dir "$PIN_DIR" "${netns[@]}"
done
wait_until 30 "the last one to count" has_line relaytrap '^relaytrap: counting'
stop knock
running load || fail "the clients have ended: $(cat load.log)"
[ "$(passed)" -eq "$before_block" ] || fail "$(($(passed) - before_block)) packets to a blocked port passed"
sent=$(tail -n 1 knock.log)
[ "$sent" -gt "$turns" ] || fail "only $sent were sent"
all_dropped() {
	syns=$(counters | jq '.[3]')
	[ "$syns" -ge "$sent" ]
}
wait_until 10 "all that was sent to be counted" all_dropped
echo "$turns kills, $sent knocks, $syns dropped"
stop load KILL
stop relaytrap
wait_until 20 "what the daemons had loaded to go" as_many_objects "$objects"
all=$(instance_objects)
unload
wait_until 20 "everything to go" none_left "$all"
