#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares relaytrap's status with the ground truth, again until it holds or the deadline has passed.

Each expectation is "LEFT OPERATOR RIGHT", both sides Python expressions over these names: the
fields of the service on --port, by their JSON names; `client` and `sink`, the truths; `lost`,
`services`, `document`; process(name or pid), if there is exactly one; pids(), comms(); on(port), a service.
Operators: == != < <= > >= in, and ~ for "within 20 per cent": six times the standard error of what is estimated.
"""
import argparse
import json
import operator
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import labkit

OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "~": lambda left, right: abs(left - right) * 5 <= right,
    "in": lambda left, right: left in right,
}
OPERATOR = re.compile(r" (==|!=|<=|>=|<|>|~|in) ")
MAIL_PORTS = (25, 465, 587)


def space(value):
    if isinstance(value, dict):
        return SimpleNamespace(**{key: space(item) for key, item in value.items()})
    return [space(item) for item in value] if isinstance(value, list) else value


def client_truth(path: Path) -> SimpleNamespace | None:
    return space(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def sink_truth(path: Path) -> SimpleNamespace | None:
    if not path.exists():
        return None
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return SimpleNamespace(
        connections=len(entries),
        targets=len({(entry["local"], entry["port"]) for entry in entries}),
        mail=sum(entry["port"] in MAIL_PORTS for entry in entries),
        mail_targets=len({(entry["local"], entry["port"]) for entry in entries if entry["port"] in MAIL_PORTS}),
        received=sum(entry["received"] for entry in entries),
        sent=sum(entry["sent"] for entry in entries),
    )


def status(command: list[str]) -> dict:
    result = subprocess.run(command, capture_output=True, timeout=60 * labkit.PATIENCE, check=False)
    if result.returncode != 0:
        raise SystemExit(f"expect: {command[0]} status: exit {result.returncode}: {result.stderr.decode(errors='replace')}")
    return json.loads(result.stdout)


def of_lab(service: SimpleNamespace, inodes: list[str]) -> bool:
    """Not a service of another lab: known by the namespaces of its processes, if it has any left."""
    spaces = {str(each.netns) for each in service.processes}
    return not spaces or not spaces.isdisjoint(inodes)


def pick(services: list[SimpleNamespace], port: int) -> SimpleNamespace | None:
    """The service on a port; where another lab has left one without processes, the living or newer one."""
    mine = [each for each in services if port in each.ports]
    return max(mine, key=lambda each: (bool(each.processes), each.first_seen), default=None)


def names(options: argparse.Namespace) -> dict:
    document = space(status(options.status))
    services = [each for each in document.services if of_lab(each, options.netns)]
    service = pick(services, options.port) or SimpleNamespace(processes=[])

    def process(name: str | int) -> SimpleNamespace:
        found = [each for each in service.processes if name in (each.pid, each.comm)]
        return found[0] if len(found) == 1 else SimpleNamespace(accepts=None, connects=None, pid=None)

    return vars(service) | {
        "document": document,
        "services": services,
        "lost": document.lost,
        "found": hasattr(service, "ports"),
        "client": client_truth(options.client),
        "sink": sink_truth(options.sink),
        "process": process,
        "pids": lambda: sorted(each.pid for each in service.processes),
        "comms": lambda: sorted(each.comm for each in service.processes),
        "on": lambda port: pick(services, port),
    }


def is_expression(text: str) -> bool:
    try:
        compile(text, "expectation", "eval")
    except SyntaxError:
        return False
    return True


def parse(text: str) -> tuple[str, str, str]:
    """At the first operator that is not inside of an expression."""
    for match in OPERATOR.finditer(text):
        left, right = text[: match.start()], text[match.end() :]
        if is_expression(left) and is_expression(right):
            return left, match[1], right
    raise SystemExit(f"expect: no expectation: {text}")


def evaluate(text: str, scope: dict) -> tuple[bool, str]:
    left, sign, right = parse(text)
    try:
        got, wanted = eval(left, scope), eval(right, scope)
        good = OPERATORS[sign](got, wanted)
    except (AttributeError, NameError, TypeError) as error:
        return False, f"NOT {text}: {error}"
    return good, f"{'ok ' if good else 'NOT'} {text}: got {got}, expected {sign} {wanted}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=6515)
    parser.add_argument("--netns", action="append", required=True, help="inode of one of the lab's namespaces")
    parser.add_argument("--client", type=Path, default=Path("client.json"))
    parser.add_argument("--sink", type=Path, default=Path("sinks.json"))
    parser.add_argument("--for", dest="patience", type=float, default=10)
    parser.add_argument("--status", required=True, type=str.split, help="the command that prints it")
    parser.add_argument("expectations", nargs="+")
    options = parser.parse_args()
    end = time.monotonic() + options.patience * labkit.PATIENCE
    while True:
        scope = names(options)
        results = [evaluate(text, scope) for text in options.expectations]
        if all(good for good, _ in results) or time.monotonic() > end:
            break
        time.sleep(0.1)
    good = all(good for good, _ in results)
    print("\n".join(text for _, text in results), file=sys.stdout if good else sys.stderr)
    if not good:
        service = pick(scope["services"], options.port)
        print(f"the service on port {options.port}: {service}\nlost: {scope['lost']}", file=sys.stderr)
    return 0 if good else 1


sys.exit(main())
