#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares what node_exporter gives with `relaytrap status --json`, again until both agree or time is up.

Every metric of relaytrap must be known here. --never-less FILE: no counter may be below what FILE holds, which is
written anew. --services-gone: services have ended, so what is counted may be more than the status shows.
"""
import argparse
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from pathlib import Path

import labkit

VERDICTS = ["quiet", "probed", "forwarding", "suspect", "relaying", "contained"]
COUNTERS = [
    "accepts", "connects", "connect_failures", "paired", "both_sides", "mail_connects", "hops", "look_backs",
    "udp_look_backs", "udp_sends", "refused_connects", "refused_sends", "would_refuse",
]
GAUGES = ["listeners", "open", "clients", "fan_out", "private_fan_out", "mail_fan_out", "udp_fan_out"]
BLOCKS = {
    "dropped_packets": "packets", "dropped_bytes": "bytes", "dropped_syns": "syns",
    "allowed_packets": "allowed_packets", "reply_packets": "reply_packets",
    "would_drop_packets": "would_drop_packets", "would_drop_bytes": "would_drop_bytes",
    "would_drop_syns": "would_drop_syns",
}
# The status does not show these.
ELSEWHERE = [
    "last_look_timestamp_seconds", "uptime_seconds", "max_services", "processes", "prom_writes_total",
    "prom_write_failures_total", "cut_total", "service_cut_total", "returns_total", "service_returns_total",
    "blocked_returns_total", "service_blocked_returns_total", "guard_dry_run", "guard_listeners",
]
OTHERS = "(other services)"
SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:\\.|[^"\\])*",?)*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:\\.|[^"\\])*)"')
ESCAPES = {"n": "\n", "\\": "\\", '"': '"'}


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: ESCAPES[match[1]], text)


def parse(text: str) -> dict:
    """Value by name and labels."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line)
        if not match:
            raise SystemExit(f"scraped: not a sample: {line!r}")
        labels = tuple(sorted((name, unescape(value)) for name, value in LABEL.findall(match[2] or "")))
        if (match[1], labels) in samples:
            raise SystemExit(f"scraped: twice: {line!r}")
        samples[match[1], labels] = float(match[3])
    return samples


class Expected:
    """What the status says that the metrics must be."""

    def __init__(self) -> None:
        self.samples: dict = {}

    def put(self, name: str, value: float, **labels: object) -> None:
        key = f"relaytrap_{name}", tuple(sorted((label, str(text)) for label, text in labels.items()))
        self.samples[key] = self.samples.get(key, 0) + value


def expect_services(expected: Expected, services: list[dict]) -> None:
    for verdict in [*VERDICTS, "unjudged"]:
        expected.put("services", sum(each["verdict"] == verdict for each in services), verdict=verdict)
    names = defaultdict(list, {OTHERS: []})
    for service in services:
        names[service["label"]].append(service)
    for name, group in names.items():
        for counter in COUNTERS:
            total = sum(each[counter] for each in group)
            expected.put(f"service_{counter}_total", total, service=name)
            expected.put(f"{counter}_total", total)
        for gauge in GAUGES:
            expected.put(f"service_{gauge}", sum(each[gauge] for each in group), service=name)
        for direction in ("client_received", "client_sent", "upstream_received", "upstream_sent"):
            total = sum(each["bytes"][direction] for each in group)
            expected.put("service_bytes_total", total, service=name, direction=direction)
            expected.put("bytes_total", total, direction=direction)
        worst = max((VERDICTS.index(each["verdict"]) for each in group), default=None)
        for rank, verdict in enumerate(VERDICTS):
            expected.put("service_verdict", rank == worst, service=name, verdict=verdict)


def ports(text: str) -> set[int]:
    """As the setting takes them: a list of ports and ranges."""
    ranges = [[int(end) for end in part.split("-")] for part in text.split(",")]
    return {port for each in ranges for port in range(each[0], each[-1] + 1)}


def expect_guard(expected: Expected, status: dict) -> None:
    for port in {block["port"] for block in status["guard"]} | ports(status["watched_ports"]):
        blocks = [block for block in status["guard"] if block["port"] == port]
        expected.put("guard_blocked", any(block["in_force"] for block in blocks), port=port)
        for metric, field in BLOCKS.items():
            expected.put(f"guard_{metric}_total", sum(block[field] for block in blocks), port=port)
    for origin in ("operator", "engine", "settings"):
        expected.put("guard_blocks", sum(b["in_force"] and b["origin"] == origin for b in status["guard"]), origin=origin)
    for state in ("native", "generic", "foreign", "unfit", "failed"):
        there = [each["name"] for each in status["interfaces"] if each["xdp"] == state]
        expected.put("guard_interfaces", len(there), xdp=state)
        for name in set(there):
            expected.put("guard_attached", state in ("native", "generic"), interface=name, xdp=state)
    for cause, count in status["guard_causes"].items():
        expected.put("guard_odd_packets_total", count, cause=cause)


def expectation(status: dict) -> dict:
    expected = Expected()
    expect_services(expected, status["services"])
    expect_guard(expected, status)
    expected.put("info", 1, version=status["version"])
    for mode in ("observe", "dry-run", "enforce"):
        expected.put("mode", status["mode"] == mode, mode=mode)
    for cause, count in status["lost"].items():
        if cause in ("unattached_hooks", "unreadable_processes"):
            expected.put(cause, count)
        else:
            expected.put("lost_total", count, cause=cause)
    return expected.samples


def compare(scraped: dict, expected: dict, gone: bool) -> list[str]:
    wrong = []
    for key, value in expected.items():
        got = scraped.get(key)
        more_is_good = gone and key[0].endswith("_total")
        if got != value and not (more_is_good and got is not None and got >= value):
            wrong.append(f"{key} is {got}, not {value}")
    for key, value in scraped.items():
        if key in expected or not key[0].startswith("relaytrap_") or key[0].removeprefix("relaytrap_") in ELSEWHERE:
            continue
        # Series of services that are gone stay.
        if not (gone and dict(key[1]).get("service")):
            wrong.append(f"{key} is {value}, and nothing was expected")
    if scraped.get(("node_textfile_scrape_error", ())) != 0:
        wrong.append("node_textfile_scrape_error is not 0")
    return wrong


def never_less(scraped: dict, file: Path) -> list[str]:
    counters = {json.dumps(key): value for key, value in scraped.items() if key[0].endswith("_total") and key[0].startswith("relaytrap_")}
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    wrong = [f"{key} went back from {value} to {counters.get(key)}" for key, value in before.items() if counters.get(key, -1) < value]
    file.write_text(json.dumps(before | counters), encoding="utf-8")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:9100/metrics")
    parser.add_argument("--status", required=True, type=str.split)
    parser.add_argument("--never-less", type=Path)
    parser.add_argument("--services-gone", action="store_true")
    options = parser.parse_args()
    end = time.monotonic() + 10 * labkit.PATIENCE
    while True:
        with urllib.request.urlopen(options.url, timeout=10 * labkit.PATIENCE) as answer:
            scraped = parse(answer.read().decode())
        status = json.loads(subprocess.run(options.status, capture_output=True, check=True).stdout)
        expected = expectation(status)
        wrong = compare(scraped, expected, options.services_gone)
        if options.never_less and (back := never_less(scraped, options.never_less)):
            raise SystemExit("scraped: " + "\n".join(back))
        if not wrong or time.monotonic() > end:
            break
        time.sleep(0.1)
    print("\n".join(wrong) if wrong else f"{len(expected)} values agree", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
