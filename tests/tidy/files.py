# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names, sizes, first lines and READMEs."""
import os
import re

from includes import ROOMS
from tree import CODE, Finding

TOP_LEVEL = ROOMS | {".ci", ".clang-format", ".clang-tidy", ".gitignore", "CMakeLists.txt",
                     "CMakePresets.json", "LICENSE", "README.md", "dev"}
LONG_FILE = 350
LONGEST_FILE = 600
LONGEST_README = 60
LONGEST_LINE = 100
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
SNAKE_CASE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
PAGE_NAME = re.compile(r"[a-z0-9_-]+\.md|README\.md")


def code_files(tree):
    return tree.with_suffix(CODE) + tree.scripts()


def commented(tree):
    """Files whose comments can carry the licence line."""
    build_files = [p for p in tree.paths if p.endswith(("CMakeLists.txt", ".cmake"))]
    return code_files(tree) + build_files


def top_level(tree):
    for name in sorted({path.split("/")[0] for path in tree.paths} - TOP_LEVEL):
        yield Finding(name, 1, "a new top-level entry needs a page under docs/decisions, "
                      "and then its name in tests/tidy/files.py")


def names(tree):
    for path in tree.paths:
        folder, name = os.path.split(path)
        if not folder or name in ("README.md", "CMakeLists.txt"):
            continue
        if not (PAGE_NAME if name.endswith(".md") else SNAKE_CASE).fullmatch(name):
            yield Finding(path, 1, "file names are snake_case")
        if any(not SNAKE_CASE.fullmatch(part) for part in folder.split("/") if part != ".ci"):
            yield Finding(path, 1, "folder names are snake_case")


def sizes(tree):
    for path in code_files(tree):
        count = len(tree.lines(path))
        if count > LONGEST_FILE:
            yield Finding(path, count, f"{count} lines; the most is {LONGEST_FILE}")


def long_files(tree):
    """Not findings: what to look at next."""
    counted = ((len(tree.lines(path)), path) for path in code_files(tree))
    return sorted(((n, p) for n, p in counted if n > LONG_FILE), reverse=True)


def first_lines(tree):
    for path in commented(tree):
        lines = tree.lines(path)[:4] or [""]
        at = 1 if lines[0].startswith("#!") else 0
        if len(lines) <= at or SPDX not in lines[at]:
            yield Finding(path, at + 1, f"the first line is '{SPDX}' in a comment")
        if not path.endswith(".h"):
            continue
        if "#pragma once" not in lines[:3]:
            yield Finding(path, 2, "#pragma once follows the licence line")
        if not any(re.match(r"\s*(//|/\*)", line) for line in lines[1:4]):
            yield Finding(path, 3, "a comment says first what the header is for")


def content(tree):
    for path in code_files(tree):
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > LONGEST_LINE:
                yield Finding(path, number, f"{len(line)} columns; the most is {LONGEST_LINE}")
            if "\t" in line:
                yield Finding(path, number, "a tab")
            if match := LEFT_OVER.search(line):
                yield Finding(path, number, f"{match[0]}: finish it, or open an issue")


def readmes(tree):
    known = set(tree.paths)
    folders = {os.path.dirname(path) for path in code_files(tree)} - {"", ".ci"}
    for folder in sorted(folders):
        if f"{folder}/README.md" not in known:
            yield Finding(f"{folder}/README.md", 1, "missing: each folder has a README of a screen")
    for path in tree.paths:
        if os.path.basename(path) == "README.md" and "/" in path:
            count = len(tree.lines(path))
            if count > LONGEST_README:
                yield Finding(path, count, f"{count} lines; a README is at most {LONGEST_README}")


RULES = [top_level, names, sizes, first_lines, content, readmes]


def check(tree):
    for rule in RULES:
        yield from rule(tree)
