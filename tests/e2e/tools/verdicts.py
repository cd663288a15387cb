#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Follows the verdict on one port, a line for each change, until SIGTERM and --linger seconds more.

Exit status 1 if the verdict was ever above --at-most. With --table, a row is added to that file: what the
service did, and its highest verdict, with the time since its first connection and the upstreams it had by then.
"""
import argparse
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import labkit

VERDICTS = ("unjudged", "quiet", "probed", "forwarding", "suspect", "relaying", "contained")
SHOWN = ("accepts", "open", "connects", "hops", "paired", "both_sides", "look_backs", "fan_out", "udp_fan_out", "bytes")


@dataclass
class Peak:
    """The highest verdict so far, and what it took."""

    verdict: str = "unjudged"
    seconds: float = 0
    upstreams: int = 0

    def take(self, service: dict, start: float | None) -> None:
        if VERDICTS.index(service["verdict"]) > VERDICTS.index(self.verdict):
            self.verdict = service["verdict"]
            self.seconds = time.monotonic() - start if start else 0
            self.upstreams = service["fan_out"] + service["udp_fan_out"]


def service_on(port: int, command: list[str]) -> dict | None:
    result = subprocess.run(command, capture_output=True, timeout=60 * labkit.PATIENCE, check=False)
    services = json.loads(result.stdout)["services"] if result.returncode == 0 else []
    return max((each for each in services if port in each["ports"]), key=lambda each: each["accepts"], default=None)


def share(part: int, whole: int) -> str:
    return f"{100 * part // whole} %" if whole else "–"


def byte_match(counted: dict) -> str:
    """Of the direction that carried more: the smaller side's part of the larger one's."""
    up = counted["client_received"], counted["upstream_sent"]
    down = counted["upstream_received"], counted["client_sent"]
    return share(min(way := max(up, down, key=max)), max(way))


def row(program: str, service: dict, peak: Peak) -> str:
    risen = VERDICTS.index(peak.verdict) > VERDICTS.index("forwarding")
    fields = (
        program,
        service["accepts"],
        service["fan_out"] + service["udp_fan_out"],
        share(service["paired"], service["connects"]),
        byte_match(service["bytes"]),
        peak.verdict,
        f"{peak.seconds:.1f} s" if risen else "–",
        peak.upstreams if risen else "–",
    )
    return " | ".join(map(str, fields))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--status", required=True, type=str.split, help="the command that prints it")
    parser.add_argument("--port", type=int, default=6515)
    parser.add_argument("--at-most", choices=VERDICTS, default="contained")
    parser.add_argument("--linger", type=float, default=0, help="seconds for a last look of the daemon at its counters")
    parser.add_argument("--table")
    parser.add_argument("program")
    return parser.parse_args()


def too_high(peak: Peak, options: argparse.Namespace) -> bool:
    return VERDICTS.index(peak.verdict) > VERDICTS.index(options.at_most)


def follow(options: argparse.Namespace, stopped: list[float]) -> tuple[dict | None, Peak]:
    """What was seen last, and the peak; ends early when the verdict is too high."""
    peak, last, start, shown, over = Peak(), None, None, None, False
    while not over:
        over = bool(stopped) and time.monotonic() >= stopped[0] + options.linger * labkit.TIME_SCALE
        service = service_on(options.port, options.status)
        if service:
            last = service
            start = start or (service["accepts"] and time.monotonic()) or None
            peak.take(service, start)
            if (judgement := [service["verdict"], service["reasons"]]) != shown:
                counted = {key: service[key] for key in SHOWN}
                print(f"{time.monotonic() - start if start else 0:.2f} s {judgement} {counted}", flush=True)
            shown = judgement
        over = over or too_high(peak, options)
        time.sleep(0.1)
    return last, peak


def main() -> int:
    labkit.deadline()
    options, stopped = parse(), []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(time.monotonic()))
    last, peak = follow(options, stopped)
    if not last:
        print(f"verdicts: there was no service on port {options.port}")
        return 1
    if options.table:
        with open(options.table, "a", encoding="utf-8") as table:
            print(row(options.program, last, peak), file=table)
    if too_high(peak, options):
        print(f"verdicts: {options.program} is {peak.verdict}, above {options.at_most}")
        return 1
    return 0


sys.exit(main())
