#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shells that run random commands (commands.py) on a mount and on the local tmpfs: what each
command prints, its status and the trees that are left must be the same.

  commands_test.py [--shells 4] [--commands 60] [--seed N] memory|local|straitd|ganesha|URL

STRAIT_COMMANDS sets the number of commands, too. Status 77: the server, or perl, is not here.
"""
import argparse
import difflib
import os
import re
import shutil
import sys

import commands
import fixture


def run_all(start, folder, scripts):
    """What each shell says, by command."""
    said = fixture.outputs(start, [["bash", script, f"{folder}/{number}"]
                                   for number, script in enumerate(scripts)])
    where = os.path.dirname(scripts[0])
    return [re.split(r"(?m)^(?=#(?:\d+|tree)$)",
                     text.replace(f"{folder}/{number}", "@").replace(where, "@"))
            for number, text in enumerate(said)]


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
    agent.environment.update(LC_ALL="C.UTF-8", TZ="UTC")
    with fixture.local_folder(agent.home) as place:
        at = f"{getattr(agent, 'prefix', '/n')}/commands{os.getpid()}"
        scripts = []
        for number in range(arguments.shells):
            scripts.append(f"{place}/script{number}")
            with open(scripts[-1], "w", encoding="utf-8") as out:
                out.write(commands.script(f"{arguments.seed}/{number}", arguments.commands))
        os.mkdir(f"{place}/disk")
        disk = run_all(fixture.local_start(agent.environment), f"{place}/disk", scripts)
        made = agent.bash(f"mkdir {at}")
        assert made.returncode == 0, made.stderr
        mount = run_all(agent.start, at, scripts)
        print(f"{sum(map(len, mount))} answers of {arguments.shells} shells; agent: "
              f"{agent.status()}")
        return list(differences(disk, mount, scripts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shells", type=int, default=4)
    parser.add_argument("--commands", type=int,
                        default=int(os.environ.get("STRAIT_COMMANDS", "60")))
    if not shutil.which("perl"):
        print("no perl")
        return 77
    return fixture.main(parser, compare)


if __name__ == "__main__":
    sys.exit(main())
