#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls every name of preload/shim/names.def on a local disk and on a mount, and compares.

usage: names_test.py PROBE memory|straitd|ganesha|URL [NAME]
Status 77: the server is not there.
"""
import contextlib
import fnmatch
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/programs")]
import names_table
from programs_test import server_of

STRAIT = os.path.join(os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin")),
                      "strait")
SECONDS = 120
# What a server's file system does not have, whatever the caller. Patterns of names.
XATTR = ("*xattr", "its VFS export keeps no extended attributes")
NOT_ON = {
    "straitd": [("renameat2", "NFS has no RENAME_NOREPLACE")],
    "ganesha": [("renameat2", "NFS has no RENAME_NOREPLACE"), XATTR,
                ("statvfs*", "it promises longer names than the disk has"),
                ("lutimes", "it sets no times of symbolic links"),
                ("utimensat", "it sets no times of symbolic links")],
}


def answers(command, home):
    """{name: what it answered}."""
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": home, "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode:
        raise SystemExit(f"status {done.returncode}: {command}\n" + "\n".join(lines[-5:]))
    return dict(line.split(":", 1) for line in lines if ":" in line)


def excused(server, name):
    return next((why for pattern, why in NOT_ON.get(server, [])
                 if fnmatch.fnmatchcase(name, pattern)), None)


def compare(server, local, mount, wanted):
    bad = 0
    for name in wanted:
        if why := excused(server, name):
            print(f"skip {name}: {why}")
        elif local.get(name) != mount.get(name) or name not in local:
            bad += 1
            print(f"{name}:\n  disk: {local.get(name)}\n  mount:{mount.get(name)}")
    absent = sum(each == " not in this libc" for each in mount.values())
    print(f"{len(wanted)} names called, {absent} not in this libc, {bad} answer differently")
    return bad


def main():
    probe, server, only = sys.argv[1], sys.argv[2], sys.argv[3:4]
    wanted = only or list(names_table.table())
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="strait-names-"))
        url = stack.enter_context(server_of(server))
        os.mkdir(f"{home}/local")
        local = answers([probe, f"{home}/local"] + only, home)
        run = [STRAIT, "run", "-m", f"/n={url}", "--"]
        try:
            answers(run + ["mkdir", "/n/names"], home)
            mount = answers(run + [probe, "/n/names"] + only, home)
        finally:
            answers([STRAIT, "agent", "stop"], home)
    return 1 if compare(server, local, mount, wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
