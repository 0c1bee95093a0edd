#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many processes, each with random file operations, on a mount under the shim and on the local
tmpfs, which is the model: each result, each errno and the trees that are left must be the same.

  model_test.py [--processes 24] [--operations 100] [--seed N] memory|local|straitd|ganesha|URL

STRAIT_MODEL_OPERATIONS sets the number of operations too. Status 77: the server is not here.
"""
import argparse
import os
import struct
import subprocess
import sys
import time

import fixture
from model_worker import SHARED_SLOTS

WORKER = os.path.join(fixture.HERE, "model_worker.py")
# What a server cannot do is left out; each is named in docs/semantics.md or docs/conformance.md.
FEATURES = {"memory": ["xattr"], "straitd": ["xattr"], "local": ["xattr"], "ganesha": []}
PREPARE = "mkdir {0} {0}/shared && chmod 777 {0} {0}/shared && cd {0}/shared && " \
    "head -c %d /dev/zero > counters && : > flock && : > log && chmod 666 *" % (8 * SHARED_SLOTS)


def run_all(start, folder, arguments):
    """The processes' lines."""
    features = FEATURES.get(arguments.server, FEATURES["straitd"])
    said = fixture.outputs(start, [
        [sys.executable, "-B", WORKER, folder, str(number), arguments.seed,
         str(arguments.operations), *features] for number in range(arguments.processes)])
    return [text.splitlines() for text in said]


def shared(read, folder, said):
    """The sums of what all did together: counters and log, against what they said they did."""
    wrong = []
    values = struct.unpack(f"<{SHARED_SLOTS}q", read(f"{folder}/shared/counters"))
    told = [0] * SHARED_SLOTS
    logged = set()
    for number, lines in enumerate(said):
        for line in lines:
            step, _, rest = line.partition(" ")
            if rest.startswith("count_up() ") and rest[11:].isdigit():
                told[int(rest[11:])] += 1
            elif rest == "log() logged":
                logged.add(f"{number:3} {int(step):6}")
    if list(values) != told:
        wrong.append(f"shared counters are {values}, the processes counted {told}")
    lines = read(f"{folder}/shared/log").decode().splitlines()
    if len(lines) != len(logged) or set(lines) != logged:
        wrong.append(f"the shared log has {len(lines)} lines, {len(logged)} were written")
    return wrong


def no_way(here, there):
    """A path with a symlink loop or a name that is too long on it, and a missing name: which is
    met first, we may not know, and POSIX leaves open."""
    ways = {"ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"}
    one, other = here.rpartition(" "), there.rpartition(" ")
    return one[0] == other[0] and {one[2], other[2]} <= ways and \
        {"ELOOP", "ENAMETOOLONG"} & {one[2], other[2]}


def differences(model, mount, context):
    for number, (wanted, got) in enumerate(zip(model, mount)):
        for at in range(max(len(wanted), len(got))):
            here = wanted[at] if at < len(wanted) else "(nothing)"
            there = got[at] if at < len(got) else "(nothing)"
            if here != there and not no_way(here, there):
                before = "\n".join("        " + line for line in wanted[max(0, at - context):at])
                yield f"process {number}:\n{before}\n  disk  {here}\n  mount {there}"
                break


def compare(agent, arguments):
    folder, at = f"m{os.getpid()}", getattr(agent, "prefix", "/n")
    with fixture.local_folder(agent.home) as place:
        subprocess.run(["bash", "-c", PREPARE.format(f"{place}/{folder}")], check=True)
        began = time.monotonic()
        model = run_all(fixture.local_start(agent.environment), f"{place}/{folder}", arguments)
        middle = time.monotonic()
        made = agent.bash(PREPARE.format(f"{at}/{folder}"))
        assert made.returncode == 0, made.stderr
        mount = run_all(agent.start, f"{at}/{folder}", arguments)
        ended = time.monotonic()
        wrong = list(differences(model, mount, arguments.context))

        def read_local(path):
            with open(path, "rb") as file:
                return file.read()

        def read_mount(path):
            return subprocess.run(agent.command("cat", path), env=agent.environment, check=True,
                                  stdout=subprocess.PIPE).stdout

        wrong += shared(read_local, f"{place}/{folder}", model)
        wrong += shared(read_mount, f"{at}/{folder}", mount)
        print(f"{sum(map(len, mount))} lines of {len(mount)} processes; local "
              f"{middle - began:.1f} s, on the mount {ended - middle:.1f} s; agent: "
              f"{agent.status()}")
        return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, default=24)
    parser.add_argument("--operations", type=int,
                        default=int(os.environ.get("STRAIT_MODEL_OPERATIONS", "100")))
    parser.add_argument("--context", type=int, default=3, help="lines before a difference")
    return fixture.main(parser, compare)


if __name__ == "__main__":
    sys.exit(main())
