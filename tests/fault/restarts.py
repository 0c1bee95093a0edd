#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kill -9 of straitd at random moments, restarted on the same state folder: clients go on, what
fsync acknowledged is there, nothing is applied twice.

  restarts.py [ROUNDS [SEED]]      ROUNDS: 8, or STRAIT_FAULT_ROUNDS

Three writers, each a client of its own, work without a pause: records appended to a log, blocks
written over each other, files made exclusively. After each kill
the folder itself is looked at before the server is there again.
"""
import contextlib
import os
import random
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import servers  # noqa: E402 (the path above)
from probing import Probe, Refused  # noqa: E402

BLOCK = 64
BLOCKS = 16
FSYNC_EVERY = 3


class Writer(threading.Thread):
    """Keeps in mind what it was told: `logged` and `blocks` as they stand once all is done,
    `safe_*` as of the last fsync."""

    def __init__(self, url, folder, number):
        super().__init__(daemon=True)
        self.folder, self.name = folder, f"w{number}"
        self.probe = Probe(url)
        self.logged, self.blocks = 0, {}
        self.safe_logged, self.safe_blocks = 0, {}
        self.made, self.unsure, self.step, self.failure = 0, 0, 0, None
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.progress = threading.Condition()

    def record(self, number):
        return f"{self.name}-{number:08}".ljust(BLOCK - 1, ".") + "|"

    def run(self):
        try:
            self.probe("mkdir", self.name)
            self.probe("open", "log", f"{self.name}/log", "rwca")
            self.probe("open", "blocks", f"{self.name}/blocks", "rwc")
            while not self.ended.is_set():
                self.one_step()
                with self.progress:
                    self.step += 1
                    self.progress.notify_all()
            for file in ("log", "blocks"):
                self.probe("close", file)
        except (Refused, EOFError) as error:
            self.failure = f"{self.name}, step {self.step}: {error!r}"
            with self.progress:
                self.progress.notify_all()

    def one_step(self):
        step, probe = self.step, self.probe
        with self.lock:
            self.logged += 1
            self.blocks[step % BLOCKS] = step
        probe("append", "log", self.record(step))
        probe("write", "blocks", step % BLOCKS * BLOCK, self.record(step))
        if step % FSYNC_EVERY == 0:
            probe("fsync", "log")
            probe("fsync", "blocks")
            with self.lock:
                self.safe_logged, self.safe_blocks = self.logged, dict(self.blocks)
        if step % 5 == 0:
            self.names(step)

    def names(self, step):
        """A file made by O_EXCL. When the server dies between making it and saying so, the call
        that is sent again finds it by its verifier, where the file system keeps one: an `exist`
        is counted, and not as a failure."""
        path, probe = f"{self.name}/n{step}", self.probe
        try:
            probe("open", "new", path, "rwx")
        except Refused as refused:
            if refused.args[0] != "exist":
                raise
            self.unsure += 1
            probe("open", "new", path, "rw")
        probe("write", "new", 0, self.record(step))
        probe("close", "new")
        self.made += 1

    def await_steps(self, count):
        """Until `count` more steps are done; false when it failed."""
        with self.progress:
            target = self.step + count
            return self.progress.wait_for(lambda: self.failure or self.step >= target, 120) and \
                not self.failure

    def check_safe(self):
        """On the disk, with no server there: what fsync acknowledged."""
        with self.lock:
            logged, blocks = self.safe_logged, dict(self.safe_blocks)
        log = self.content("log") if logged else ""
        for number in range(logged):
            if log[number * BLOCK:(number + 1) * BLOCK] != self.record(number):
                raise AssertionError(f"{self.name}: record {number} of {logged} acknowledged by "
                                     "fsync is not there")
        content = self.content("blocks") if blocks else ""
        for place, step in blocks.items():
            there = content[place * BLOCK:(place + 1) * BLOCK]
            # A later block may have been written over it already.
            if not there.startswith(self.name + "-") or int(there[3:11]) < step:
                raise AssertionError(f"{self.name}: block {place} of step {step} reads {there!r}")

    def check_all(self):
        """In the end: each record once and in order, each block the last one written."""
        if self.content("log") != "".join(self.record(n) for n in range(self.logged)):
            raise AssertionError(f"{self.name}: the log does not hold each record once")
        for place, step in self.blocks.items():
            if self.content("blocks")[place * BLOCK:(place + 1) * BLOCK] != self.record(step):
                raise AssertionError(f"{self.name}: block {place} is not of step {step}")
        names = [name for name in os.listdir(f"{self.folder}/{self.name}") if name[0] == "n"]
        if len(names) != self.made:
            raise AssertionError(f"{self.name}: {self.made} files were made, {len(names)} there")
        for name in names:
            if self.content(name) != self.record(int(name[1:])):
                raise AssertionError(f"{self.name}: {name} is not what was written")

    def content(self, name):
        with open(f"{self.folder}/{self.name}/{name}", encoding="ascii", errors="replace") as file:
            return file.read()


class Rounds:
    def __init__(self, work, seed):
        self.random = random.Random(seed)
        self.folder, self.state = f"{work}/files", f"{work}/state"
        os.mkdir(self.folder)
        os.mkdir(self.state)
        self.server = self.start(servers.lasting_port())
        url = self.server.url("x")
        self.writers = [Writer(url, self.folder, number) for number in range(3)]

    def start(self, port):
        return servers.Straitd([f"x=local:{self.folder},no_root_squash"], port=port,
                               state_dir=self.state, options=["--lease-time", "20"])

    def one(self):
        """Lets the writers work, kills between two writes, looks, starts anew, sees them go on."""
        for writer in self.writers:
            if not writer.await_steps(self.random.randrange(1, 12)):
                raise AssertionError(writer.failure or f"{writer.name} stands still")
        threading.Event().wait(self.random.random() * 0.02)  # no event: the moment is random
        port = self.server.port
        self.server.kill()
        for writer in self.writers:
            writer.check_safe()
        self.server = self.start(port)
        for writer in self.writers:
            if not writer.await_steps(2):
                raise AssertionError(writer.failure or f"{writer.name} does not go on")

    def run(self, rounds):
        for writer in self.writers:
            writer.start()
        for number in range(rounds):
            self.one()
            print(f"round {number + 1}: steps " +
                  ", ".join(str(writer.step) for writer in self.writers), flush=True)
        for writer in self.writers:
            writer.ended.set()
        for writer in self.writers:
            writer.join(60)
            writer.probe.close()
            if writer.failure:
                raise AssertionError(writer.failure)
            writer.check_all()

    def close(self):
        self.server.kill()
        for writer in self.writers:
            writer.probe.child.kill()


def main(rounds=os.environ.get("STRAIT_FAULT_ROUNDS", "8"), seed="1"):
    with tempfile.TemporaryDirectory(prefix="strait-fault-") as work, \
            contextlib.closing(Rounds(work, int(seed))) as test:
        try:
            test.run(int(rounds))
        except AssertionError as why:
            print(f"FAILED: {why}\n" + "".join(test.server.lines[-10:]))
            return 1
    unsure = sum(writer.unsure for writer in test.writers)
    print(f"ok: {rounds} kills; {unsure} exclusive creates were answered `exist` after a restart")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
