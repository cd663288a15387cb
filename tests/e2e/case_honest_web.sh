#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Web servers that fetch a lot for themselves: an application with three APIs, a crawler with a page of its own.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need curl
begin
world --web 80

judge 6515
python_server app app.py --api 198.18.0.1+3
honest 'web application, 3 APIs'
browse 60 '/?[1-200]'
expect 'accepts == 200' 'sink.connections == 600' 'connects == 600' 'sink.targets == 3'
judged
end_round app

for rate in 5 50; do
	judge 6515
	python_server app app.py --crawl 198.18.0.1+300 --rate 50
	honest "crawler, asked $rate times a second"
	browse $rate "/?[1-$((6 * rate))]"
	expect "accepts == 6 * $rate" 'sink.targets >= 100'
	judged
	end_round app
done
