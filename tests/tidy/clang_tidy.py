# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs clang-tidy-19 over the sources that a build compiles. usage: clang_tidy.py BUILD [FOLDER...]

With folders, only what lies in them. Precompiled headers are left out: a source must name what it
uses. A source that passed is not checked again until it, a header of the tree, .clang-tidy or its
compile command changes: BUILD/tidy holds a stamp for each.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

from tree import Tree


def fingerprint_of_headers(tree):
    digest = hashlib.sha256((tree.root / ".clang-tidy").read_bytes())
    for path in tree.with_suffix({".h"}):
        digest.update(path.encode() + (tree.root / path).read_bytes())
    return digest.hexdigest()


def commands(build, tree, folders):
    """Path from the top to the compile command, for the tree's own sources."""
    chosen = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = os.path.relpath(entry["file"], tree.root)
        if path in tree.paths and (not folders or any(path.startswith(f + "/") for f in folders)):
            chosen[path] = entry["command"]
    return chosen


def without_precompiled(build, stamps):
    """Writes the compile commands again, without precompiled headers; gives their folder."""
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = re.sub(r"-Xclang -include(-pch)? -Xclang \S+", "", entry["command"])
    text = json.dumps(entries)
    written = stamps / "compile_commands.json"
    if not written.exists() or written.read_text() != text:
        written.write_text(text)
    return stamps


def check(tree, build, path, stamp):
    if stamp.exists():
        return None
    run = subprocess.run(["clang-tidy-19", "-p", build, "--quiet", path], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    if run.returncode == 0:
        stamp.touch()
        return None
    return run.stdout + (run.stderr if not run.stdout else "")


def main(build, folders):
    tree = Tree(pathlib.Path(__file__).resolve().parents[2])
    build = pathlib.Path(build).resolve()
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    build = without_precompiled(build, stamps)
    headers = fingerprint_of_headers(tree)

    def work(item):
        path, command = item
        text = headers + command + (tree.root / path).read_text()
        return check(tree, build, path, stamps / hashlib.sha256(text.encode()).hexdigest())

    jobs = commands(build, tree, folders)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [text for text in pool.map(work, jobs.items()) if text]
    print("\n".join(complaints))
    print(f"clang-tidy: {len(jobs)} sources, {len(complaints)} with findings")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
