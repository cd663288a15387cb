#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# What the commands print as JSON is what docs/json.schema.json says, no more and no less, and docs/json.md explains
# every name of it. A service with a hostile name relays, is contained, and released.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need jq
python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
begin
schema=$RT_ROOT/docs/json.schema.json

valid() { # definition, file, how many at least
	local count
	count=$("$RT_PY/schema.py" --mutate "$schema" "$1" "$2") || fail "$2 is no $1: $(head -c 3000 "$2")"
	[ "$count" -ge "${3:-1}" ] || fail "only $count in $2"
}

print_json() { # command, argument…
	"$RELAYTRAP" "$1" --json --pin-dir "$PIN_DIR" "${@:2}" >"$1.json"
}

# Names that the sources give, against those of a list in the schema.
named() { # what, path below $defs, file, prefix of the enumeration
	{ grep -oP "\[$4[A-Z_]*\] = \{?\"\K[^\"]+" "$RT_ROOT/user/$3" || true; } | sort >in_source
	[ -s in_source ] || fail "no names with $4 in $3"
	jq -r ".\"\$defs\".$2 | if type == \"object\" then keys else . end | .[]" "$schema" | sort >in_schema
	diff in_source in_schema >&2 || fail "the schema has other $1 than $3"
}

named events event.properties.event.enum events.c EVENT_
named losses lost.properties snapshot.c '(RT_)?LOST_'
named causes guard_causes.properties view_guard.c RT_GUARD_
named states interface.properties.xdp.enum view_guard.c RT_INTERFACE_
named outcomes verification.properties.outcome.enum verify.c VERIFY_
named roles process.properties.role.enum json.c RT_ROLE_
jq -r '.. | objects | .properties? // empty | keys[]' "$schema" | sort -u >names
# shellcheck disable=SC2016 # of Markdown
grep -oP '`\K[^`]+(?=`)' "$RT_ROOT/docs/json.md" | grep -oP '[a-z_]+' | sort -u >explained
[ -z "$(comm -23 names explained)" ] || fail "docs/json.md does not explain: $(comm -23 names explained | paste -sd ' ')"

lab 25
name=$'\e[2J"\n\\\xff\t<a>'
cp "$RT_TOOLS/thread_relay" "$name"
watch_ports --port 6515 --mode enforce --interval 200ms --netns "/run/netns/${LAB_NAME}host"
start - events "$RELAYTRAP" events --json --interval 100ms --pin-dir "$PIN_DIR"
server hostile "$RT_TMP/$name"
start client load "$RT_PY/load.py" --out client.json --may-fail --connections 400 --rate 100 --targets 198.18.0.1+400
wait_until 20 "the containment" has_line events '"event":"contained"'
print_json status
valid status status.json
print_json list
valid list list.json
[ "$(jq '.containments | length' list.json)" -eq 1 ] || fail "no containment in the list"
[ "$(jq '.services[0].containment | type' status.json)" = '"object"' ] || fail "no containment in the status"
"$RELAYTRAP" release "$(jq -r '.services[0].label' status.json)" --pin-dir "$PIN_DIR"
wait_until 10 "the release" has_line events '"event":"released"'
stop load KILL
for command in "block 7777" "allow 192.0.2.0/24 2001:db8::/32"; do
	# shellcheck disable=SC2086 # words
	lab_in host "$RELAYTRAP" $command --pin-dir "$PIN_DIR"
done
print_json status
valid status status.json
[ "$(jq '[.guard[] | select(.port == 7777)] | length' status.json)" -eq 1 ] || fail "no block in the status"
[ "$(jq '.allow | length' status.json)" -eq 2 ] || fail "no networks in the status"
stop events
sed 's/^relaytrap: .*//; /^$/d' events.log >events.json
valid event events.json 3
(lab_in host "$RELAYTRAP" verify --json --port 6515 --for 1s --netns self >verify.json) || true
valid verification verify.json
