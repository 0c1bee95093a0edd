# SPDX-License-Identifier: LGPL-2.1-or-later
"""A child process that says when it is ready, is stopped by its id, and dies with its parent."""
import contextlib
import ctypes
import os
import re
import signal
import subprocess
import threading
import time

PR_SET_PDEATHSIG = 1
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18
TICKS = os.sysconf("SC_CLK_TCK")


class NotReady(Exception):
    """The child ended, or said nothing in time; the message holds what it said."""


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def state_of(path):
    """Of a process (PID) or a thread (PID/task/TID): R, S, T, ... as proc(5) has them."""
    with open(f"/proc/{path}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def stop_still(pid):
    """SIGSTOP, and returns when no thread of it runs any more: the signal reaches one thread at
    once and the others in their own time, in which they answer."""
    os.kill(pid, signal.SIGSTOP)
    while any(state_of(f"{pid}/task/{each}") != "T" for each in os.listdir(f"/proc/{pid}/task")):
        time.sleep(0.001)  # a process that is no child of ours tells of no event


def spent(pid):
    """Processor seconds and context switches of all threads of a process."""
    cpu, switches = 0.0, 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                cpu += int(file.read().split()[0]) / 1e9
            with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as file:
                switches += sum(int(line.split()[1]) for line in file if "_ctxt_" in line)
    return cpu, switches


def own_mount_namespace():
    """For this process and its children: it takes their mounts with it. False: not permitted."""
    libc = ctypes.CDLL(None)
    return (libc.unshare(CLONE_NEWNS) == 0 and
            libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) == 0)


class Process:
    """Runs `argv` and waits until a line of its output matches `ready` (its groups: `self.found`).

    stdout and stderr are read as one, by a thread, to the end; the last lines are in `self.lines`.
    """

    def __init__(self, argv, ready, within_s=30, **popen):
        popen.setdefault("stdin", subprocess.DEVNULL)
        self.argv, self.lines, self.found = argv, [], None
        self.ready, self.known = re.compile(ready), threading.Event()
        self.child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      preexec_fn=die_with_parent, text=True, errors="replace",
                                      bufsize=1, **popen)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        if not self.known.wait(within_s) or self.found is None:
            self.kill()
            raise NotReady(f"{argv[0]} is not ready: " + "".join(self.lines[-30:]))

    @property
    def pid(self):
        return self.child.pid

    def read(self):
        for line in self.child.stdout:
            self.lines.append(line)
            del self.lines[:-2000]
            if self.found is None and (match := self.ready.search(line)):
                self.found = match.groups()
                self.known.set()
            self.heard(line)
        self.known.set()

    def heard(self, line):
        """For those who talk with the child."""

    def cpu_s(self):
        """Processor seconds so far, of all its threads."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self, number, within_s=10):
        """Sends the signal, waits; returns the exit status (negative: the signal's number)."""
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            status = self.child.wait(within_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.reader.join(within_s)
        return status

    def stop(self):
        return self.end(signal.SIGTERM)

    def kill(self):
        return self.end(signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
