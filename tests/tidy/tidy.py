# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the tree to its rules (tests/tidy/README.md). usage: tidy.py [ROOT]; status 1: findings."""
import concurrent.futures
import os
import shutil
import statistics
import subprocess
import sys

import files
import includes
from tree import CXX, Finding, Tree

BATCH = 24


def unformatted(tree, batch):
    run = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *batch], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    for line in run.stderr.splitlines():
        if ": error: " in line:
            path, number = line.split(":")[:2]
            yield Finding(path, int(number), "not as clang-format writes it: run ./dev fmt")


def formatting(tree):
    if not shutil.which("clang-format-19"):
        yield Finding(".clang-format", 1, "clang-format-19 is not installed")
        return
    sources = tree.with_suffix(CXX)
    batches = [sources[i:i + BATCH] for i in range(0, len(sources), BATCH)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda batch: list(unformatted(tree, batch)), batches):
            yield from found


def findings(tree):
    for check in (includes.check, files.check, formatting):
        yield from check(tree)


def summary(tree):
    counts = sorted(len(tree.lines(path)) for path in tree.with_suffix(CXX))
    if not counts:
        return "no sources"
    middle, high = statistics.median(counts), counts[int(len(counts) * 0.95)]
    return (f"{len(counts)} C++ sources, {sum(counts)} lines; "
            f"lines a file: {middle:.0f} (p50), {high} (p95), {counts[-1]} (most)")


def main(root):
    tree = Tree(root)
    found = sorted(set(findings(tree)))
    for finding in found:
        print(finding)
    for count, path in files.long_files(tree):
        print(f"note: {path} has {count} lines")
    print(f"tidy: {summary(tree)}; {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    default = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else default))
