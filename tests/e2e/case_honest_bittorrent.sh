#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# A BitTorrent client in a swarm of 50: it connects to those it finds, and those that come later to it.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need aria2c
begin
world --web 80
judge 6515
head -c 1M /dev/urandom >file
"$RT_PY/torrent.py" file http://198.18.255.1/announce >file.torrent

# A peer: seeds have the whole file, the others nothing yet.
peer() { # role, name, port, option…
	mkdir -p "$2"
	start "$1" "$2" aria2c --no-conf --enable-dht=false --bt-enable-lpd=false --enable-peer-exchange=false \
		--disable-ipv6=true --check-integrity=true --file-allocation=none --seed-ratio=0 --bt-max-peers=100 \
		--max-overall-upload-limit=300K --console-log-level=warn --show-console-readout=false --summary-interval=0 \
		--dir="$RT_TMP/$2" --listen-port="$3" "${@:4}" file.torrent
}

complete() { # name
	cmp -s file "$1/file"
}

some() { # first and last number of peers, seconds between them
	local number
	for ((number = $1; number <= $2; number++)); do
		mkdir "peer$number"
		((number > 5)) || cp file "peer$number/file"
		peer internet "peer$number" $((7000 + number)) --interface="198.18.0.$number"
		sleep "$3"
	done
}

some 1 25 0
wait_until 30 "the first half of the swarm" listening internet 7025
honest 'aria2, a swarm of 50'
peer host aria2 6515
some 26 50 0.4
wait_until 30 "the download" complete aria2
expect 'accepts >= 10' 'fan_out >= 10'
judged
