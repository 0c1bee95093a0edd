#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs under `strait run` beside the same on libfuse's passthrough_ll over tmpfs, in one run.

  programs.py [--passthrough PROGRAM] [--rounds N] [--only WORD]

PROGRAM is the example that libfuse brings, built by hand; without it ours are measured alone. Each
program runs in turn on each subject: once cold (agent or mount just started, nothing known), then
again at once (warm). Best and median of the rounds; `x`: our best over passthrough's. `switches`
and `cpu`: context switches and processor milliseconds of the program, and of all that stands behind
it (agent and server, or passthrough_ll), of the best round. Slow is no failure: the status is 0.
"""
import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/lib"))
import servers  # noqa: E402 (the path above)
from process import Process, spent  # noqa: E402

STRAIT = os.path.join(servers.BIN, "strait")
# Runs orders (argv as a line of JSON), says what each cost.
DRIVER = """
import json, os, resource, sys, time
print('driver: ready', flush=True)
for line in sys.stdin:
    order = json.loads(line)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    actions = [(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)]
    pid = os.posix_spawnp(order[0], order, os.environ, file_actions=actions)
    status = os.waitpid(pid, 0)[1]
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {'status': os.waitstatus_to_exitcode(status), 'seconds': seconds,
            'cpu': after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            'switches': after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw}
    print(json.dumps(cost), flush=True)
"""
GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "safe.directory=*"]


class Driver(Process):
    """A process that starts the measured programs: under the shim for ours."""

    def __init__(self, argv, env):
        self.answers = []
        super().__init__(argv + [sys.executable, "-c", DRIVER], "driver: (ready)", env=env,
                         stdin=subprocess.PIPE)

    def heard(self, line):
        if line.startswith("{"):
            self.answers.append(json.loads(line))

    def order(self, argv, fine=(0,)):
        self.child.stdin.write(json.dumps(argv) + "\n")
        self.child.stdin.flush()
        while not self.answers:
            if self.child.poll() is not None:
                raise RuntimeError("".join(self.lines))
            time.sleep(0.002)
        cost = self.answers.pop()
        if cost["status"] not in fine:
            raise RuntimeError(f"{argv} ends with {cost['status']}: " + "".join(self.lines[-9:]))
        return cost


class Subject:
    """Where programs run: `root` is the folder they see."""

    driver, root = None, None

    def behind(self):
        """Ids of the processes that answer."""
        raise NotImplementedError

    def run(self, argv, fine=(0,)):
        before = [spent(pid) for pid in self.behind()]
        cost = self.driver.order([word.format(root=self.root) for word in argv], fine)
        after = [spent(pid) for pid in self.behind()]
        cost["cpu_behind"] = sum(b[0] - a[0] for a, b in zip(before, after))
        cost["switches_behind"] = sum(b[1] - a[1] for a, b in zip(before, after))
        return cost


class Passthrough(Subject):
    """libfuse's example over a folder in memory."""

    def __init__(self, program, home):
        self.name, self.program = "passthrough_ll", program
        self.source, self.root, self.child = f"{home}/source", f"{home}/mount", None
        os.mkdir(self.source)
        os.mkdir(self.root)
        self.forget()

    def forget(self):
        self.stop()
        self.child = subprocess.Popen([self.program, "-f", "-o", f"source={self.source}",
                                       self.root])
        while not os.path.ismount(self.root):
            time.sleep(0.01)
        self.driver = self.driver or Driver([], os.environ)

    def behind(self):
        return [self.child.pid]

    def stop(self):
        if self.child:
            subprocess.run(["umount", self.root], check=True)
            self.child.wait()

    def end(self):
        self.stop()
        self.driver.stop()


class Ours(Subject):
    """`strait run` before straitd."""

    root = "/n"

    def __init__(self, name, export, home):
        self.name, self.server = name, servers.Straitd([export])
        self.env = dict(os.environ, XDG_RUNTIME_DIR=f"{home}/{name.replace(' ', '-')}")
        os.mkdir(self.env["XDG_RUNTIME_DIR"], 0o700)
        self.forget()

    def forget(self):
        self.stop()
        self.driver = Driver([STRAIT, "run", "-m", f"/n={self.server.url('x')}", "--"], self.env)
        self.driver.order(["stat", "/n"])
        status = subprocess.run([STRAIT, "agent", "status", "--json"], env=self.env, check=True,
                                capture_output=True, text=True).stdout
        self.agent = json.loads(status)["pid"]

    def behind(self):
        return [self.agent, self.server.pid]

    def stop(self):
        if self.driver:
            self.driver.child.stdin.close()
            self.driver.stop()
            subprocess.run([STRAIT, "agent", "stop"], env=self.env, check=True,
                           capture_output=True)

    def end(self):
        self.stop()
        self.server.stop()


def make_tree(path, directories, files):
    """Small text files, as a project has them."""
    for directory in range(directories):
        os.makedirs(f"{path}/d{directory:03}")
        for number in range(files):
            with open(f"{path}/d{directory:03}/f{number:03}.c", "w", encoding="ascii") as file:
                file.write(f"int line_{directory}_{number};\n" * (5 + number * 13 % 200))


def lay_out(subject, tar):
    subject.run(["tar", "xf", tar, "-C", "{root}"])
    subject.run(GIT + ["-C", "{root}/tree", "init", "-q"])
    subject.run(GIT + ["-C", "{root}/tree", "add", "."])
    subject.run(GIT + ["-C", "{root}/tree", "commit", "-qm", "all"])
    subject.run(GIT + ["-C", "{root}/tree", "status"])


# name, argv, statuses that are fine, whether to run it warm, too
def programs(tar):
    return [
        ("git status", GIT + ["-C", "{root}/tree", "status"], (0,), True),
        ("find", ["find", "{root}/tree"], (0,), True),
        ("find -size", ["find", "{root}/tree", "-size", "+1k"], (0,), True),
        ("grep -r", ["grep", "-r", "no-such-word", "{root}/tree"], (1,), True),
        ("tar x", ["tar", "xf", tar, "-C", "{root}/out"], (0,), False),
    ]


def measure(subject, program, costs):
    name, argv, fine, again = program
    if name == "tar x":
        subject.run(["rm", "-rf", "{root}/out"])
        subject.run(["mkdir", "{root}/out"])
    subject.forget()
    costs.setdefault((name, "cold", subject.name), []).append(subject.run(argv, fine))
    if again:
        costs.setdefault((name, "warm", subject.name), []).append(subject.run(argv, fine))


def show(costs, subjects):
    print(f"{'program':18} {'subject':16} {'best ms':>8} {'median':>8} {'x':>5} {'x med':>5} "
          f"{'cpu':>6} {'behind':>6} {'switches':>8} {'behind':>7}")
    rows = dict.fromkeys((name, state) for name, state, _ in costs)
    for row in rows:
        peer = [cost["seconds"] for cost in costs.get((*row, "passthrough_ll"), [])]
        for subject in subjects:
            found = costs[(*row, subject.name)]
            best = min(found, key=lambda cost: cost["seconds"])
            times = [cost["seconds"] for cost in found]
            middle = statistics.median(times)
            ratios = (f"{best['seconds'] / min(peer):5.2f} "
                      f"{middle / statistics.median(peer):5.2f}") if peer else f"{'':11}"
            print(f"{' '.join(row):18} {subject.name:16} {1e3 * best['seconds']:8.1f} "
                  f"{1e3 * middle:8.1f} {ratios} {1e3 * best['cpu']:6.0f} "
                  f"{1e3 * best['cpu_behind']:6.0f} {best['switches']:8} "
                  f"{best['switches_behind']:7}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passthrough", metavar="PROGRAM")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--directories", type=int, default=100)
    parser.add_argument("--files", type=int, default=20, help="in each directory")
    parser.add_argument("--only", default="", help="programs with this word")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        home = tempfile.mkdtemp(prefix="strait-bench-", dir="/dev/shm")
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        make_tree(f"{home}/tree", options.directories, options.files)
        tar = f"{home}/tree.tar"
        subprocess.run(["tar", "cf", tar, "-C", home, "tree"], check=True)
        os.mkdir(f"{home}/export")
        subjects = []
        if options.passthrough:
            subjects.append(Passthrough(options.passthrough, home))
        subjects.append(Ours("straitd memory", "x=memory:,no_root_squash", home))
        subjects.append(Ours("straitd local", f"x=local:{home}/export,no_root_squash", home))
        costs = {}
        for subject in subjects:
            stack.callback(subject.end)
        for subject in subjects:
            lay_out(subject, tar)
        for _ in range(options.rounds):
            for program in programs(tar):
                if options.only in program[0]:
                    for subject in subjects:
                        measure(subject, program, costs)
        show(costs, subjects)


if __name__ == "__main__":
    main()
