# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes OUT/CTestTestfile.cmake: the tests of several build trees under one roof.

usage: merge_tests.py OUT PRESET=PREFIX...

Each test of build/PRESET appears as PREFIX + its name, with all its properties; names that refer to
other tests (DEPENDS, FIXTURES_*) get the same prefix.
"""
import json
import pathlib
import subprocess
import sys

NAMES_OF_TESTS = {"DEPENDS", "FIXTURES_SETUP", "FIXTURES_CLEANUP", "FIXTURES_REQUIRED"}


def bracket(text):
    """A CMake bracket argument: taken literally whatever the text holds."""
    level = 1
    while f"]{'=' * level}]" in text:
        level += 1
    return f"[{'=' * level}[{text}]{'=' * level}]"


def tests_of(build):
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                            capture_output=True, text=True)
    return json.loads(listed.stdout)["tests"]


def property_value(name, value, prefix):
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list):
        return ";".join(prefix + part if name in NAMES_OF_TESTS else part for part in value)
    return str(value)


def lines_of(test, prefix, preset):
    if "command" not in test:
        raise SystemExit(f"merge_tests: {preset}: test {test['name']} has no program; is it built?")
    name = bracket(prefix + test["name"])
    yield f"add_test({name} {' '.join(bracket(word) for word in test['command'])})"
    properties = {p["name"]: p["value"] for p in test.get("properties", [])}
    properties["LABELS"] = [*properties.get("LABELS", []), preset]
    pairs = (f"{key} {bracket(property_value(key, value, prefix))}"
             for key, value in properties.items())
    yield f"set_tests_properties({name} PROPERTIES {' '.join(pairs)})"


def main(out, builds):
    lines = []
    for spec in builds:
        preset, prefix = spec.split("=", 1)
        for test in tests_of(f"build/{preset}"):
            lines.extend(lines_of(test, prefix, preset))
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
