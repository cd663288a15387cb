#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Checks a file of events, one JSON object a line."""
import argparse
import json
import sys
from collections import Counter
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", action="append", default=[], help="EVENT=HOW_MANY of that kind, exactly")
    parser.add_argument("--last", nargs=2, help="EVENT and an expression that holds for the last of that kind")
    options = parser.parse_args()
    events = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines()]
    counts = Counter(event["event"] for event in events)
    wanted = {name: int(number) for name, number in (each.split("=") for each in options.count)}
    good = all(counts[name] == number for name, number in wanted.items())
    if options.last:
        kind, expression = options.last
        good = good and any(bool(eval(expression, {"event": event})) for event in events[::-1] if event["event"] == kind)
    if not good:
        print("\n".join(map(json.dumps, events)), f"wanted: {wanted} {options.last}", sep="\n", file=sys.stderr)
    return 0 if good else 1


sys.exit(main())
