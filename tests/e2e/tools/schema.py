#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Validates JSON values, one a line or one for the whole file, against one definition of docs/json.schema.json.

For readers the schema is open to names that come later; here it is closed, so that each name must be in it.
With --mutate, each value is also spoilt in every way that matters, and must then be refused.
"""
import argparse
import copy
import json
import sys
from pathlib import Path

import jsonschema


def closed(schema):
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if result.get("type") == "object" and "properties" in result:
        result["additionalProperties"] = False
    return result


def validator(schema, definition):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator({**closed(schema), "anyOf": [{"$ref": f"#/$defs/{definition}"}]})


def values(text):
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


def spoilt(value):
    """Copies of an object, each with one thing wrong."""
    yield {**value, "nobody_knows_this": 1}, "a new name"
    for key, item in value.items():
        wrong = copy.deepcopy(value)
        wrong[key] = [item]
        yield wrong, f"{key} in a list"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutate", action="store_true")
    parser.add_argument("schema", type=Path)
    parser.add_argument("definition")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    check = validator(json.loads(arguments.schema.read_text(encoding="utf-8")), arguments.definition)
    found = values(arguments.file.read_text(encoding="utf-8"))
    for value in found:
        for error in check.iter_errors(value):
            for cause in error.context or [error]:
                print(f"{cause.json_path}: {cause.message[:300]}", file=sys.stderr)
            sys.exit(1)
        for wrong, what in spoilt(value) if arguments.mutate else ():
            if check.is_valid(wrong):
                sys.exit(f"{what} is not refused")
    print(len(found))


main()
