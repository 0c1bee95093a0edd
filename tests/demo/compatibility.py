# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/compatibility.md out of a demo's runs: program by server."""
import os
import re

import day
import python_suites
import servers
from programs import PROGRAMS

PAGE = os.path.join(servers.TOP, "docs/compatibility.md")
# What libpil4dfs (DAOS) leaves to the kernel's mount: it switches itself off in these.
BYPASSED = ("cp ls rm mv cat chmod chown mkdir ln du df stat grep sed awk find tar git gcc make "
            "cmake vim bash ssh-keygen rsync cpio gzip xz zstd unzip sort tee install truncate dd "
            "touch wc head diff patch perl python3 sqlite3 g++ ninja autoconf xargs").split()

HEAD = """# Compatibility

Programs under `strait run`, each on three servers. "pass": output, exit status, and the tree that
is left (bytes, types, modes, links) are those of the local disk. Written on Debian 12 by
`./dev demo --compatibility`; each row's commands are in
[tests/programs/day.py](../tests/programs/day.py) and
[tests/demo/programs.py](../tests/demo/programs.py).
"""


def cell(done, name, title):
    """One word for all users, and the reason when it is not "pass"."""
    said = {runs.user.name: runs.results.get((name, title)) for runs in done}
    if all(reason == "" for reason in said.values()):
        return "pass"
    if None in said.values():
        return "not run"
    wrong = {who: reason for who, reason in said.items() if reason}
    reason = re.sub(r"[|`<>]", " ", next(iter(wrong.values())))[:160]
    who = "" if len(wrong) == len(said) else f" for {' and '.join(wrong)}"
    return f"fail{who}: {reason}"


def table(done, names, titles):
    lines = ["| program | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for name in names:
        cells = [cell(done, name, title) for title in titles]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def covered():
    """Which of the bypassed programs some row runs."""
    text = " ".join(text for _, text in PROGRAMS + day.CASES + day.LARGE)
    words = set(re.findall(r"[a-z+0-9_-]+", text))
    return [name for name in BYPASSED if name in words]


def write(page, done):
    titles = list(dict.fromkeys(title for runs in done for _, title in runs.results))
    ran = {name for runs in done for name, _ in runs.results}
    users = " and as ".join(runs.user.name for runs in done)
    programs = [name for name, _ in PROGRAMS + day.CASES + day.LARGE if name in ran]
    lines = [HEAD, f"As {users}.\n"] + table(done, programs, titles)
    suites = [suite for suite in python_suites.SUITES if suite in ran]
    if suites:
        lines += ["\n## Python's own tests\n", "With TMPDIR on the mount: \"pass\" when no test "
                  "fails that passes on the local disk.\n"]
        lines += table(done, suites, titles)
    lines += ["\n## Not switched off\n", "Other libraries of this kind switch themselves off in "
              "many of these; each ran under the shim in the\nrows above: "
              + " ".join(covered()) + "."]
    with open(page, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"\nwritten: {os.path.relpath(page)}")
