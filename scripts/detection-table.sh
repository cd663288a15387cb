#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# detection-table.sh: runs every case about verdicts and writes what was seen into docs/detection.md (as root).
# What failed is in the table too, with the verdict that was wrong; the exit status says so. If nothing did, the
# recordings of the run become the engine's regression tests, each below the name of its highest verdict.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
page=docs/detection.md
begin='<!-- table: begin -->'
end='<!-- table: end -->'
cases=(tests/e2e/case_relay_{single,processes,hidden,ssh,mail,netcats}.sh tests/e2e/case_honest_*.sh)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

table() {
	cat <<-END
		$begin
		<!-- Written by scripts/detection-table.sh from a run of the cases; do not edit. -->

		| program | accepts | fan-out | paired | byte match | verdict | after | upstreams by then |
		| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: |
	END
	sed 's/.*/| & |/' "$work/rows"
	echo "$end"
}

# The page with its table replaced, or with a section for it at the end.
page() {
	if [[ -e $page ]] && grep -qFx "$begin" "$page" && grep -qFx "$end" "$page"; then
		awk -v begin="$begin" -v end="$end" -v table="$work/table" '
			$0 == begin { while ((getline line < table) > 0) print line; inside = 1 }
			!inside { print }
			$0 == end { inside = 0 }' "$page"
	else
		[[ ! -e $page ]] || cat "$page"
		printf '\n## What was tried\n\n'
		cat "$work/table"
	fi
}

highest_verdict() { # recording
	build/relaytrap replay "$1" | sed -n 's/^recorded: //p' | tr ',' '\n' |
		awk 'BEGIN { verdict = "quiet" } $1 > 0 { verdict = $3 } END { print verdict }'
}

keep_recordings() {
	local recording verdict

	rm -rf tests/unit/recordings
	for recording in "$work"/recordings/*.rec; do
		verdict=$(highest_verdict "$recording")
		install -D -m 644 -t "tests/unit/recordings/$verdict" "$recording"
	done
}

status=0
mkdir "$work/recordings"
RT_RECORDINGS=$work/recordings RT_TABLE=$work/rows tests/run.sh "${cases[@]}" || status=$?
[[ -s $work/rows ]] || { echo "detection-table: no case has added a row" >&2; exit 1; }
table >"$work/table"
page >"$work/page"
cat "$work/page" >"$page"
((status)) || keep_recordings
exit "$status"
