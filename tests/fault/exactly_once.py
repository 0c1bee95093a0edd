#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Replies that are lost and connections that are cut: each operation is done once, and says so.

  exactly_once.py SERVER [OPERATIONS [SEED]]     SERVER: ganesha, local or memory (straitd)

The proxy swallows, on average, every 7th reply with its connection, and every 11th call. Then a
mkdir that is sent again without the server's reply cache says `exist`, an unlink `noent`, an
append counts double. None may.
"""
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import servers  # noqa: E402 (the path above)
from probing import Probe, Refused  # noqa: E402

RECORD = 16


class Names:
    """Does operations that are not done twice unnoticed, and keeps count of what must be there."""

    def __init__(self, probe, seed):
        self.probe, self.random = probe, random.Random(seed)
        self.folders, self.files, self.links, self.logged = set(), set(), set(), 0
        probe("open", "target", "target", "wc")
        probe("close", "target")
        probe("open", "log", "log", "wca")

    def step(self, number):
        kinds = [self.make_folder, self.make_file, self.link, self.append]
        kinds += [self.remove_folder] * bool(self.folders) + [self.rename] * bool(self.files)
        kinds += [self.unlink] * bool(self.links)
        self.random.choice(kinds)(number)

    def make_folder(self, number):
        self.probe("mkdir", f"d{number}")
        self.folders.add(f"d{number}")

    def remove_folder(self, _):
        name = self.folders.pop()
        self.probe("rmdir", name)

    def make_file(self, number):
        self.probe("open", "f", f"f{number}", "wx")
        self.probe("close", "f")
        self.files.add(f"f{number}")

    def rename(self, number):
        name = self.files.pop()
        self.probe("rename", name, f"r{number}")
        self.files.add(f"r{number}")

    def link(self, number):
        self.probe("link", "target", f"l{number}")
        self.links.add(f"l{number}")

    def unlink(self, _):
        name = self.links.pop()
        self.probe("unlink", name)

    def append(self, number):
        self.probe("append", "log", f"{number:015}|")
        self.logged += 1
        if self.logged % 4 == 0:
            self.probe("fsync", "log")


def wrong(names, probe):
    """What is not as it must be, asked by a client whose connection is left alone."""
    entries = len(names.folders) + len(names.files) + len(names.links) + 2
    there = int(probe("list", ".")) - 2
    if there != entries:
        yield f"{there} entries, {entries} were made"
    links = int(probe("stat", "target").split()[3])
    if links != len(names.links) + 1:
        yield f"link count {links} of {len(names.links) + 1}"
    size = int(probe("stat", "log").split()[2])
    if size != names.logged * RECORD:
        yield f"{size} bytes in the log, {names.logged * RECORD} were appended"
    for name in names.folders | names.files:
        probe("stat", name)


def run(server, operations, seed):
    faults = ["--drop-reply-every", "7", "--cut-every", "11", "--seed", str(seed)]
    with servers.Proxy(server.where, *faults) as proxy:
        with Probe(proxy.url("x")) as probe:
            names = Names(probe, seed)
            for number in range(operations):
                names.step(number)
            probe("close", "log")
            counts = proxy.counts()
    with Probe(server.url("x")) as probe:
        found = list(wrong(names, probe))
    print(f"{operations} operations in {counts['calls']} calls, {counts['dropped']} lost, "
          f"{counts['connections']} connections")
    return found


def main(kind, operations="300", seed="1"):
    if kind == "ganesha" and (not servers.GANESHA or os.geteuid() != 0):
        print("left out: nfs-ganesha is not installed, or this is not root")
        return 77
    with tempfile.TemporaryDirectory(prefix="strait-once-") as folder:
        backend = {"local": f"local:{folder}", "memory": "memory"}.get(kind)
        server = servers.Straitd([f"x={backend},no_root_squash"]) if backend \
            else servers.Ganesha({"x": folder})
        with server:
            try:
                found = run(server, int(operations), int(seed))
            except (Refused, EOFError) as error:
                found = [repr(error)]
    print("\n".join(found) or "ok: each was done once")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
