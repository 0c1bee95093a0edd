#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent's model test over a mount of the kernel's: many processes with random file operations,
there and on the local tmpfs; each result and the trees that are left must be the same.

  model.py [--processes 12] [--operations 100] [--seed N] memory|local

Status 77: no root, no /dev/fuse.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../agent"), os.path.join(HERE, "../lib")]
import model_test  # noqa: E402 (the path above)
import mounts  # noqa: E402
import servers  # noqa: E402


class Plain:
    """What model_test asks of an agent, without one: programs simply run."""

    environment = None

    def __init__(self, prefix, home):
        self.prefix, self.home = prefix, home

    @staticmethod
    def start(*argv, **more):
        return subprocess.Popen(argv, **more)

    @staticmethod
    def bash(script):
        return subprocess.run(["bash", "-c", script], text=True, capture_output=True, check=False)

    @staticmethod
    def command(*argv):
        return list(argv)

    @staticmethod
    def status():
        return "none"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=12)
    parser.add_argument("--operations", type=int, default=100)
    parser.add_argument("--seed", default=str(random.randrange(10 ** 6)))
    parser.add_argument("--context", type=int, default=3, help="lines before a difference")
    parser.add_argument("server", choices=("memory", "local"))
    arguments = parser.parse_args()
    if not mounts.possible():
        return 77
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="strait-model-") as home:
        os.mkdir(f"{home}/at")
        os.mkdir(f"{home}/data")
        backend = "memory:" if arguments.server == "memory" else f"local:{home}/data"
        with servers.Straitd([f"x={backend},no_root_squash"]) as server:
            done = mounts.strait("mount", server.url("x"), f"{home}/at", "-o", "allow_other,dev")
            mounts.expect(done.returncode == 0, done.stderr)
            try:
                wrong = model_test.compare(Plain(f"{home}/at", home), arguments)
            finally:
                subprocess.run(["umount", "-l", f"{home}/at"], check=False)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
