#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shells that run random commands (commands.py) on a mount and on the local tmpfs: what each
command prints, its status and the trees that are left must be the same.

  commands_test.py [--shells 4] [--commands 60] [--seed N] memory|local|straitd|ganesha|URL

STRAIT_COMMANDS sets the number of commands, too. Status 77: the server is not here.
"""
import argparse
import contextlib
import difflib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import commands
import fixture
from fixture import die_with_parent


def run_all(start, folder, scripts, where):
    """What each shell says, by command."""
    with contextlib.ExitStack() as files:
        outs = [files.enter_context(tempfile.TemporaryFile()) for _ in scripts]
        children = [start(["bash", script, f"{folder}/{number}"], out)
                    for number, (script, out) in enumerate(zip(scripts, outs))]
        for child in children:
            child.wait()
        told = []
        for number, out in enumerate(outs):
            out.seek(0)
            text = out.read().decode(errors="replace").replace(f"{folder}/{number}", "@")
            told.append(re.split(r"(?m)^(?=#(?:\d+|tree)$)", text.replace(where, "@")))
        return told


def differences(disk, mount, scripts):
    for number, (wanted, got) in enumerate(zip(disk, mount)):
        if wanted == got:
            continue
        here, there = next(((a, b) for a, b in zip(wanted, got) if a != b), ("#?", "#?"))
        at = here.split("\n", 1)[0]
        with open(scripts[number], encoding="utf-8") as script:
            line = next((line for line in script if line.startswith(f"echo '{at}'")), at)
        diff = "\n".join(difflib.unified_diff(here.splitlines(), there.splitlines(), "disk",
                                              "mount", lineterm="", n=1))
        yield f"shell {number}: {line.strip()}\n{diff[:2000]}"


def compare(agent, arguments):
    with tempfile.TemporaryDirectory(prefix="strait-commands-", dir="/dev/shm") as place:
        at = f"{getattr(agent, 'prefix', '/n')}/commands{os.getpid()}"
        scripts = []
        for number in range(arguments.shells):
            scripts.append(f"{place}/script{number}")
            with open(scripts[-1], "w", encoding="utf-8") as out:
                out.write(commands.script(f"{arguments.seed}/{number}", arguments.commands))
        os.mkdir(f"{place}/disk")
        environment = dict(agent.environment, LC_ALL="C.UTF-8", TZ="UTC")
        common = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "env": environment,
                  "preexec_fn": die_with_parent}
        disk = run_all(lambda argv, out: subprocess.Popen(argv, stdout=out, **common),
                       f"{place}/disk", scripts, place)
        made = agent.bash(f"mkdir {at}")
        assert made.returncode == 0, made.stderr
        mount = run_all(lambda argv, out: subprocess.Popen(agent.command(*argv), stdout=out,
                                                           **common), at, scripts, place)
        print(f"{sum(map(len, mount))} answers of {arguments.shells} shells; agent: "
              f"{agent.status()}")
        return list(differences(disk, mount, scripts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shells", type=int, default=4)
    parser.add_argument("--commands", type=int,
                        default=int(os.environ.get("STRAIT_COMMANDS", "60")))
    parser.add_argument("--seed", default=str(random.randrange(10 ** 6)))
    parser.add_argument("server", help="memory|local|straitd|ganesha, or nfs://... of another")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    if not os.path.isdir("/dev/shm") or not shutil.which("perl"):
        print("no /dev/shm for the disk's side, or no perl")
        return 77
    with fixture.server_of(arguments.server) as (url, _, _), \
            contextlib.closing(fixture.Agent(url)) as agent:
        wrong = compare(agent, arguments)
    print("\n".join(wrong) or "no difference")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
