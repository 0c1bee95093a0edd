# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/compatibility.md out of a demo's runs: program by server. What each run found is kept in
build/demo/results.json, so that a run of some programs or some servers updates their cells."""
import json
import os
import re
import textwrap

import day
import python_suites
import servers
from programs import PROGRAMS

PAGE = os.path.join(servers.TOP, "docs/compatibility.md")
KEPT = os.path.join(servers.TOP, "build/demo/results.json")
SERVERS = ("straitd, a real folder", "straitd, memory", "nfs-ganesha, a real folder")
USERS = ("an ordinary user", "root")
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


def kept():
    """[program][server][user]: "" is the same as on the local disk, else the difference."""
    if not os.path.exists(KEPT):
        return {}
    with open(KEPT, encoding="utf-8") as file:
        return json.load(file)


def record(user, results):
    """Takes in what a user's programs gave: (program, server) to a reason."""
    all_of_it = kept()
    for (name, title), reason in results.items():
        all_of_it.setdefault(name, {}).setdefault(title, {})[user] = reason
    with open(KEPT, "w", encoding="utf-8") as file:
        json.dump(all_of_it, file, indent=1)


def cell(said):
    """One word for all users, and the reason when it is not "pass"."""
    if not said:
        return "not run"
    wrong = {who: reason for who, reason in said.items() if reason}
    alone = f" ({next(iter(said))})" if len(said) < len(USERS) else ""
    if not wrong:
        return "pass" + alone
    who = f" for {' and '.join(wrong)}" if len(wrong) < len(said) else alone
    reason = re.sub(r"[|`<>]", " ", next(iter(wrong.values())))[:160]
    return f"fail{who}: {reason}"


def table(results, names):
    lines = ["| program | " + " | ".join(SERVERS) + " |", "|---" * (len(SERVERS) + 1) + "|"]
    for name in names:
        if name in results:
            cells = [cell(results[name].get(title)) for title in SERVERS]
            row = name.replace("|", "\\|")
            lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return lines


def covered():
    """Which of the bypassed programs some row runs."""
    text = " ".join(text for _, text in PROGRAMS + day.CASES + day.LARGE)
    words = set(re.findall(r"[a-z+0-9_-]+", text))
    return [name for name in BYPASSED if name in words]


def write(page):
    results = kept()
    lines = [HEAD, "\"pass\" is as root and as an ordinary user, unless one of them is named.\n"]
    lines += table(results, [name for name, _ in PROGRAMS + day.CASES + day.LARGE])
    lines += ["\n## Python's own tests\n", "With TMPDIR on the mount: \"pass\" when no test fails "
              "that passes on the local disk.\n"]
    lines += table(results, python_suites.SUITES)
    lines += ["\n## Not switched off\n", "Other libraries of this kind switch themselves off in "
              "many of these; each ran under the shim in the rows above:\n"]
    lines += textwrap.wrap(" ".join(covered()) + ".", 100, break_on_hyphens=False)
    with open(page, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"\nwritten: {os.path.relpath(page)}")
