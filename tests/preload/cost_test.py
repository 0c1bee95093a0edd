#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The shim in a program that never touches a prefix: cost of a call, cost of a start.

usage: cost_test.py CALL_COST
Promised: 20 ns a call, 1 ms a start. Held here to some times that, for a busy machine; the figures
are printed.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STRAIT = os.path.join(os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin")),
                      "strait")
CALL_NS, START_MS, PATIENCE, STARTS = 20, 1, 8, 150


def output(command, environment):
    return subprocess.run(command, env=environment, timeout=60, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, check=True).stdout.decode()


def call_costs(command, environment):
    """How many calls cost too much more than libc's own."""
    bad = 0
    print("call        seen    libc    more, ns")
    for line in output(command, environment).splitlines():
        name, seen, libc = line.split()
        more = float(seen) - float(libc)
        bad += more > CALL_NS * PATIENCE
        print(f"{name:10} {seen:>6}  {libc:>6}  {more:6.1f}")
    return bad


def start_ms(environment):
    start = time.perf_counter()
    pid = os.posix_spawn("/bin/true", ["true"], environment)
    os.waitpid(pid, 0)
    return 1000 * (time.perf_counter() - start)


def start_costs(shimmed):
    plain = {name: value for name, value in shimmed.items() if name != "LD_PRELOAD"}
    times = [(start_ms(shimmed), start_ms(plain)) for _ in range(STARTS)]
    for word, pick in (("quickest", min), ("median", statistics.median)):
        with_shim, without = pick(a for a, _ in times), pick(b for _, b in times)
        print(f"start of /bin/true, {word} of {STARTS}: {with_shim:.2f} ms with the shim, "
              f"{without:.2f} ms without: {with_shim - without:.2f} more")
    quickest = min(a for a, _ in times) - min(b for _, b in times)
    return quickest > START_MS * PATIENCE


def main():
    home = tempfile.mkdtemp(prefix="strait-cost-")
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": home}
    run = [STRAIT, "run", "-m", "/n=memory:", "--"]
    try:
        bad = call_costs(run + [sys.argv[1]], environment)
        lines = output(run + ["env"], environment).splitlines()
        bad += start_costs(dict(line.split("=", 1) for line in lines if "=" in line))
    finally:
        output([STRAIT, "agent", "stop"], environment)
        shutil.rmtree(home, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
