#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""./dev bench mount: `strait mount` beside libfuse's passthrough_ll over tmpfs, in one run.

Ours has a server behind it: straitd, on memory and on a folder of the same tmpfs. Mounts take
turns in short rounds, so that all meet the same noise; all are in a mount namespace of its own.
Best and median of the rounds in microseconds an operation (1 MiB rows: MiB/s); `x`: ours over
passthrough's, best over best, and the median of the same ratio round by round (1 MiB rows: our
share of its speed). With --transports, `x` is over the first of them. `cpu`: microseconds of
processor an operation in the process behind the mount, and in the server; `switches`: of the
process behind the mount. Slow is no failure: the status is 0.
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
from process import own_mount_namespace, spent  # noqa: E402

STRAIT = os.path.join(servers.BIN, "strait")
# kind, words, the goal, and whether it is a rate
ROWS = [
    ("stat_known", "stat, known to the kernel", 1.2, False),
    ("read_4k", "4 KiB read, known", 1.2, False),
    ("stat_unknown", "stat, new mount", 2.5, False),
    ("open_read_close", "open + read 4 KiB + close", 2.5, False),
    ("create", "create + close", 2.5, False),
    ("create_write", "create + write 4 KiB + close", None, False),
    ("read_1m", "1 MiB sequential read", .6, True),
    ("write_1m", "1 MiB sequential write", .5, True),
]


class Subject:
    """One mount and the clients on it, each in a folder of its own. `server`: who stands behind,
    or None."""

    def __init__(self, name, home, count, server=None):
        self.name, self.server, self.count = name, server, count
        self.at = f"{home}/{name.replace(' ', '-')}"
        self.clients, self.pid = [], None
        os.mkdir(self.at)
        self.mount()

    def mount(self):
        raise NotImplementedError

    def begin(self):
        for number in range(self.count):
            folder = f"{self.at}/{number}"
            os.makedirs(folder, exist_ok=True)
            argv = [os.path.join(servers.BIN, "bench_mount"), folder]
            self.clients.append(subprocess.Popen(argv, stdin=subprocess.PIPE,
                                                 stdout=subprocess.PIPE, text=True, bufsize=1))

    def order(self, words):
        pids = [self.pid] + ([self.server.pid] if self.server else [])
        before = [spent(pid) for pid in pids]
        for client in self.clients:
            client.stdin.write(words + "\n")
        told = [json.loads(client.stdout.readline()) for client in self.clients]
        after = [spent(pid) for pid in pids]
        # As one client that is as fast as all of them together.
        done = sum(each["operations"] for each in told)
        rate = sum(each["operations"] / each["seconds"] for each in told if each["operations"])
        cost = {"operations": done, "seconds": done / rate if rate else 0}
        cost["cpu"] = [b[0] - a[0] for a, b in zip(before, after)]
        cost["switches"] = after[0][1] - before[0][1]
        return cost

    def end(self):
        for client in self.clients:
            client.stdin.close()
            client.stdout.close()
            client.wait()
        self.clients = []
        subprocess.run(["umount", self.at], check=True)

    def remount(self):
        self.end()
        self.mount()


class Passthrough(Subject):
    def __init__(self, program, home, count, words):
        self.argv = [program, "-f", *words, "-o", f"source={home}/passthrough"]
        os.mkdir(f"{home}/passthrough")
        super().__init__("passthrough_ll", home, count)

    def mount(self):
        self.child = subprocess.Popen([*self.argv, self.at])
        while not os.path.ismount(self.at):
            time.sleep(0.01)
        self.pid = self.child.pid
        self.begin()

    def end(self):
        super().end()
        self.child.wait()


class Transport(Subject):
    """bench_fuse_transport: no bridge, no server."""

    def __init__(self, home, count, mode, threads):
        self.words = [mode, str(threads)]
        super().__init__(f"{mode} {threads}", home, count)

    def mount(self):
        argv = [os.path.join(servers.BIN, "bench_fuse_transport"), self.at, *self.words]
        self.child = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        if "ready" not in self.child.stdout.readline():
            raise RuntimeError("FUSE over io_uring is not offered: root may say Y in "
                               "/sys/module/fuse/parameters/enable_uring")
        self.pid = self.child.pid
        self.begin()

    def remount(self):
        pass  # what it holds goes with it; names are believed for a second only

    def end(self):
        super().end()
        self.child.stdout.close()
        self.child.wait()


class Ours(Subject):
    def __init__(self, name, home, count, server, options, program=STRAIT):
        self.program, self.pid_file = program, f"{home}/{server.port}"
        self.options = ",".join(["allow_other", f"pidfile={self.pid_file}", *options])
        super().__init__(name, home, count, server)

    def mount(self):
        subprocess.run([self.program, "mount", self.server.url("x"), self.at, "-o", self.options],
                       check=True)
        with open(self.pid_file, encoding="ascii") as file:
            self.pid = int(file.read())
        self.begin()


def measure(kind, subjects, options):
    rounds = {subject.name: [] for subject in subjects}
    for _ in range(options.rounds):
        for subject in subjects:
            if kind == "stat_unknown":
                subject.remount()
            rounds[subject.name].append(subject.order(f"{kind} {options.seconds}"))
    return rounds


def show(row, rounds):
    _, words, goal, is_rate = row
    told = {"words": words, "goal": goal, "subjects": {}}
    print(words + (f" (goal {'>=' if is_rate else '<='} {goal})" if goal else ""))
    peer = None
    for name, costs in rounds.items():
        times = [cost["seconds"] / cost["operations"] * 1e6 for cost in costs]
        done = sum(cost["operations"] for cost in costs)
        cpu = [sum(cost["cpu"][i] for cost in costs) / done * 1e6
               for i in range(len(costs[0]["cpu"]))]
        switches = sum(cost["switches"] for cost in costs) / done
        best, middle, ratios = min(times), statistics.median(times), ""
        if not peer and name in ("passthrough_ll", "dev 1"):
            peer = times
        elif peer:
            each = [mine / theirs for mine, theirs in zip(times, peer)]
            over, by_rounds = best / min(peer), statistics.median(each)
            if is_rate:
                over, by_rounds = 1 / over, 1 / by_rounds
            ratios = f"  x {over:.2f} {by_rounds:.2f}"
            told["subjects"][name] = {"x": over, "x_of_rounds": by_rounds}
        if is_rate:
            best, middle = 1e6 / best, 1e6 / middle
        told["subjects"].setdefault(name, {}).update(best=best, median=middle, cpu=cpu,
                                                     switches=switches)
        server = f"{cpu[1]:9.2f}" if len(cpu) > 1 else f"{'':9}"
        print(f"  {name:16} {best:10.2f} {middle:10.2f} {cpu[0]:9.2f} {server} {switches:9.2f}"
              f"{ratios}", flush=True)
    return told


def made_subjects(options, home, stack):
    def take(subject):
        stack.callback(subject.end)
        subject.order("layout")
        subjects.append(subject)

    subjects, count = [], options.clients
    if options.transports:
        for mode, threads in (("dev", 1), ("poll", 1), ("splice", 1), ("dev", 4), ("clone", 4),
                              ("uring", 1), ("uring", os.cpu_count())):
            take(Transport(home, count, mode, threads))
        return subjects
    if options.passthrough:
        take(Passthrough(options.passthrough, home, count, options.passthrough_option))
    os.mkdir(f"{home}/export")
    for name, backend in (("straitd memory", "memory:"),
                          ("straitd local", f"local:{home}/export")):
        if options.server in name:
            server = stack.enter_context(servers.Straitd([f"x={backend},no_root_squash"]))
            take(Ours(name, home, count, server, options.options))
    if options.other:
        server = stack.enter_context(servers.Straitd(["x=memory:,no_root_squash"]))
        take(Ours("other, memory", home, count, server, options.options, options.other))
    return subjects


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--passthrough", metavar="PROGRAM", help="without it, ours alone")
    parser.add_argument("--passthrough-option", action="append", default=[], metavar="WORD",
                        help="for it, as -s")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one round")
    parser.add_argument("--clients", type=int, default=1, help="at once")
    parser.add_argument("--only", default="", help="rows whose name begins so, as read")
    parser.add_argument("--server", default="", help="straitd's backends with this word")
    parser.add_argument("--other", metavar="PROGRAM", help="another strait to compare with")
    parser.add_argument("--transports", action="store_true",
                        help="the ways to talk to the kernel, alone (docs/decisions/0002)")
    parser.add_argument("-o", dest="options", action="append", default=[],
                        help="more mount options for ours")
    parser.add_argument("--json", metavar="FILE", help="all figures")
    options = parser.parse_args()
    if os.geteuid() != 0 or not own_mount_namespace():
        print("bench: mounts are measured as root, in a mount namespace of one's own")
        return 0
    told = []
    with contextlib.ExitStack() as stack:
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        home = tempfile.mkdtemp(prefix="strait-bench-", dir=base)
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        subjects = made_subjects(options, home, stack)
        print(f"  {'mount':16} {'best':>10} {'median':>10} {'cpu us/op':>9} {'server':>9} "
              f"{'switches':>9}")
        for row in ROWS:
            if options.transports and row[0].startswith(("stat", "read_4k")):
                continue  # the kernel answers by itself
            if row[0].startswith(options.only):
                told.append(show(row, measure(row[0], subjects, options)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
