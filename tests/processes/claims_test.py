#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the claims on a local disk and on a mount; all hold on both.

usage: claims_test.py PROGRAM LIBRARY memory|straitd|ganesha|URL [NAME]
Status 77: the server is not there.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests/programs"))
from programs_test import server_of

STRAIT = os.path.join(os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin")),
                      "strait")
SECONDS = 140
# nfs-ganesha keeps the locks of an owner in one descriptor of its own, which it does not open for
# more.
LEFT_OUT = {"ganesha": ["-a_read_only_open_holds_read_locks_beside_write_locks_of_another"]}


def run(command, home, folder):
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": home, "TMPDIR": folder}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, timeout=SECONDS,
                          check=False)
    return done.returncode


def main():
    program, library, server = sys.argv[1:4]
    claims = [os.path.abspath(program), os.path.abspath(library)]
    claims += sys.argv[4:] or LEFT_OUT.get(server, [])
    with tempfile.TemporaryDirectory(prefix="strait-claims-") as home, server_of(server) as url:
        local = os.path.join(home, "local")
        os.mkdir(local)
        print("on a local disk", flush=True)
        bad = run(claims, home, local)
        print(f"on {server}", flush=True)
        try:
            bad |= run([STRAIT, "run", "-m", f"/n={url}", "--"] + claims, home, "/n")
        finally:
            run([STRAIT, "agent", "stop"], home, local)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
