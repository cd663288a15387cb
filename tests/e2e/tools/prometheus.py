#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Asks a Prometheus.

  prometheus.py query EXPRESSION      prints each result: its labels, then its value
  prometheus.py dashboard FILE        runs every query of a Grafana dashboard; exit 1 if one gives no data
"""
import argparse
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

# What Grafana puts in place of its variables.
VARIABLES = {"instance": ".*", "service": ".*", "__rate_interval": "10s"}


def ask(url: str, expression: str) -> list[dict]:
    address = f"{url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{expression}: {json.load(error).get('error', error)}") from error


def query(options: argparse.Namespace) -> int:
    for result in ask(options.url, options.argument):
        labels = " ".join(f"{name}={value}" for name, value in sorted(result["metric"].items()))
        print(f"{labels} {result['value'][1]}".strip())
    return 0


def replace(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = re.sub(rf"\$({name}\b|{{{name}}})", value, expression)
    if "$" in expression:
        raise SystemExit(f"a variable that is not known: {expression}")
    return expression


def expressions(dashboard: dict) -> list[tuple[str, str]]:
    """Title and query of every panel, inside of rows too, and of every variable."""
    panels = [inner for panel in dashboard["panels"] for inner in [panel, *panel.get("panels", [])]]
    found = [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", [])]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            inner = re.fullmatch(r"label_values\((.*), *\w+\)", variable["query"]["query"])
            if not inner:
                raise SystemExit(f"no label_values(): {variable['query']}")
            found.append((f"variable {variable['name']}", inner[1]))
    return found


def dashboard(options: argparse.Namespace) -> int:
    with open(options.argument, encoding="utf-8") as file:
        found = expressions(json.load(file))
    empty = [(title, each) for title, each in found if not ask(options.url, replace(each))]
    for title, expression in empty:
        print(f"no data: {title}: {expression}", file=sys.stderr)
    print(f"dashboard: {len(found)} queries, {len(empty)} without data")
    return 1 if empty or not found else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:9090")
    parser.add_argument("command", choices=("query", "dashboard"))
    parser.add_argument("argument")
    options = parser.parse_args()
    return query(options) if options.command == "query" else dashboard(options)


if __name__ == "__main__":
    sys.exit(main())
