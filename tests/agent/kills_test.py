#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs on a mount, and the agent or one of them killed at a random moment: no program hangs,
the server is left with no open file and no lock, the next command works, and what fsync
acknowledged is in the server's folder.

  kills_test.py [--rounds N] [--seed N]      N: 20, or STRAIT_KILL_ROUNDS
"""
import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import fixture

ENDS_WITHIN_S = 60
RELEASED_WITHIN_S = 60
RECORD = "{:08}" + "." * 55 + "\n"
# Each record is told once fsync has returned.
WRITER = """
import fcntl, os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
for number in range(100000):
    fcntl.lockf(log, fcntl.LOCK_EX)
    os.write(log, ("{:08}" + "." * 55 + "\\n").format(number).encode())
    os.fsync(log)
    fcntl.lockf(log, fcntl.LOCK_UN)
    print(number, flush=True)
"""
PROGRAMS = {
    "cp": "cp -r /usr/include/linux $D/a; cp -r $D/a $D/b; rm -r $D/a",
    "tar": "tar cf $D/x.tar -C /usr/include linux; tar xf $D/x.tar -C $D; sha256sum $D/x.tar",
    "git": "cd $D; git init -q r; cd r; cp -r /usr/include/asm-generic .; git add .; "
           "git -c user.name=a -c user.email=a@b commit -qm one; git status; git gc -q",
    "shell": "for i in {1..200}; do "
             "(flock 9; echo $i >> $D/log; cat $D/log > $D/copy) 9> $D/lock & "
             "[ $((i % 8)) = 0 ] && wait; done; wait",
    "find": "mkdir -p $D/{1..9}/{1..9}; touch $D/{1..9}/{1..9}/f; exec 3< $D/1/1/f; "
            "while find $D -type f | sort | xargs cat; do :; done",
}


def numbers_of(text):
    """Gauges of a Prometheus text."""
    found = re.findall(r"^(strait_nfs4_\w+) (\d+)$", text, re.M)
    return {name: int(value) for name, value in found}


class Rounds:
    def __init__(self, agent, server, folder, seed):
        self.agent, self.server, self.folder = agent, server, folder
        self.random = random.Random(seed)
        self.acknowledged = {}  # log's name: records
        where = re.search(r"metrics on (\S+)", "".join(server.lines)) or \
            re.search(r"http://(\S+?)/metrics", "".join(server.lines))
        self.metrics = f"http://{where[1]}/metrics"
        self.longest_release_s = 0

    def gauges(self):
        with urllib.request.urlopen(self.metrics, timeout=10) as answer:
            return numbers_of(answer.read().decode())

    def start(self, number):
        """A program of a random kind, and a writer beside it."""
        kind = self.random.choice([name for name in sorted(PROGRAMS)
                                   if name != "git" or shutil.which("git")])
        folder = f"/n/r{number}"
        made = self.agent.bash(f"mkdir {folder}")
        assert made.returncode == 0, made.stderr
        program = self.agent.start("bash", "-c", f"D={folder}; {PROGRAMS[kind]}",
                                   start_new_session=True, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        writer = self.agent.start(sys.executable, "-c", WRITER, f"{folder}/acknowledged",
                                  start_new_session=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.acknowledged[f"r{number}/acknowledged"] = heard = []
        reader = threading.Thread(target=lambda: heard.extend(map(int, writer.stdout)))
        reader.start()
        return kind, program, writer, reader

    def session(self, leader):
        """The processes that `leader` started, itself among them, as far as they live."""
        found = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                    state, _, _, session = file.read().rsplit(")", 1)[1].split()[:4]
                if int(session) == leader.pid and state not in "ZX":
                    found.append(int(entry))
        return found

    def kill(self, what, program, writer):
        if what == "agent":
            self.agent.kill()
        elif what == "one":
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(self.random.choice(self.session(program)), signal.SIGKILL)
        else:
            writer.kill()

    def calls(self):
        told = self.agent.strait("stats", "--json")
        return json.loads(told.stdout)["calls"] if told.returncode == 0 else 0

    def picture(self, program):
        """Who hangs, and where."""
        lines = ["a program hangs"]
        for pid in self.session(program):
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/cmdline", encoding="ascii", errors="replace") as command, \
                        open(f"/proc/{pid}/wchan", encoding="ascii") as where:
                    lines.append(f"{pid} {where.read()} {command.read()[:200]!r}")
        return "\n".join(lines + [str(self.agent.status())])

    def goes_on_or_ends(self, program):
        """What it had open is lost; for what it opens now it has another agent."""
        began, before = time.monotonic(), self.calls()
        while program.poll() is None and self.calls() <= before:
            assert time.monotonic() - began < ENDS_WITHIN_S, self.picture(program)
            time.sleep(0.05)  # the agent tells of no event

    def end_all(self, program, writer, reader):
        for child in (program, writer):
            while alive := self.session(child):  # one may have forked while we looked
                for pid in alive:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.01)
            child.wait(ENDS_WITHIN_S)
        reader.join(ENDS_WITHIN_S)
        writer.stdout.close()
        assert not reader.is_alive(), "somebody still holds the writer's output"

    def released(self):
        began = time.monotonic()
        while True:
            now = self.gauges()
            left = {name: now[f"strait_nfs4_{name}"] for name in ("opens", "locks")}
            took = time.monotonic() - began
            if not any(left.values()):
                self.longest_release_s = max(self.longest_release_s, took)
                return
            assert took < RELEASED_WITHIN_S, f"left on the server: {left}"
            time.sleep(0.05)  # the server tells of no event

    def check_acknowledged(self):
        for name, heard in self.acknowledged.items():
            if not heard:
                continue
            with open(f"{self.folder}/{name}", encoding="ascii") as file:
                there = file.read()
            wanted = "".join(RECORD.format(number) for number in heard)
            assert there.startswith(wanted), f"{name}: of {len(heard)} records not all are there"
        self.acknowledged.clear()

    def one(self, number):
        kind, program, writer, reader = self.start(number)
        what = self.random.choice(["agent", "agent", "one", "writer"])
        threading.Event().wait(self.random.random() * 1.5)  # no event: the moment is random
        has_written = bool(self.acknowledged[f"r{number}/acknowledged"])
        self.kill(what, program, writer)
        if what == "agent":
            if has_written:
                writer.wait(ENDS_WITHIN_S)  # its file was open
            self.goes_on_or_ends(program)
        self.end_all(program, writer, reader)
        done = self.agent.bash(f"echo works > /n/r{number}/next && cat /n/r{number}/next")
        assert done.stdout == "works\n", f"the next command: {done.stderr}"
        self.released()
        heard = len(self.acknowledged[f"r{number}/acknowledged"])
        self.check_acknowledged()
        print(f"round {number}: {kind}, killed: {what}; {heard} records acknowledged", flush=True)
        self.agent.bash(f"rm -rf /n/r{number}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int,
                        default=int(os.environ.get("STRAIT_KILL_ROUNDS", "20")))
    parser.add_argument("--seed", default=str(random.randrange(10 ** 6)))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    options = ["--metrics", "127.0.0.1:0", "--lease-time", "10"]
    with fixture.server_of("local", options) as (url, server, folder), \
            contextlib.closing(fixture.Agent(url)) as agent:
        rounds = Rounds(agent, server, folder, arguments.seed)
        for number in range(arguments.rounds):
            rounds.one(number)
        print(f"{arguments.rounds} rounds; opens and locks were released within "
              f"{rounds.longest_release_s:.2f} s; {rounds.gauges()}")


if __name__ == "__main__":
    main()
