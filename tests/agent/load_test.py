# SPDX-License-Identifier: LGPL-2.1-or-later
"""One agent and many programs: hundreds of processes, thousands of open files, more calls at once
than a ring has slots; the agent's memory stays bounded, and all is given back when they are
killed."""
import contextlib
import os
import signal
import subprocess
import sys
import time
import unittest

import fixture

PROCESSES, FILES, THREADS = 200, 25, 8
# The agent itself: its code, an open file's state, frames of requests under way. A sanitizer's own
# memory is not its fault.
LIMIT_MIB = 4096 if os.environ.get("STRAIT_SANITIZE") else 256
SECONDS = 120
CROWD = """
import os, sys, threading
processes, files, threads = map(int, sys.argv[1:])
read_end, write_end = os.pipe()

def work(fds, number, wrong):
    block = bytes([number]) * 4096
    for turn in range(8):  # what waits to be written is part of the memory: 50 MiB
        fd = fds[(number + turn) % len(fds)]
        at = 4096 * (number + turn * 100)
        if os.pwrite(fd, block, at) != 4096 or os.pread(fd, 4096, at) != block:
            wrong.append(number)

def child(number):
    folder = '/n/p%d' % number
    os.mkdir(folder)
    fds = [os.open('%s/%d' % (folder, n), os.O_RDWR | os.O_CREAT, 0o644) for n in range(files)]
    wrong = []
    crowd = [threading.Thread(target=work, args=(fds, n + 1, wrong)) for n in range(threads)]
    for each in crowd: each.start()
    for each in crowd: each.join()
    os.write(write_end, b'x' if wrong else b'.')
    sys.stdin.read()

children = []
for number in range(processes):
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        child(number)
        os._exit(0)
    children.append(pid)
os.close(write_end)
said = b''
while len(said) < processes:
    more = os.read(read_end, 4096)
    if not more: break
    said += more
print(said.count(b'.'), flush=True)
sys.stdin.read()
"""
# One program that asks for all it can, beside one that asks for little.
GREEDY = """
import os, threading
open('/n/large', 'wb').write(b'x' * (8 << 20))
def ask():
    fd = os.open('/n/large', os.O_RDONLY)
    while True: os.pread(fd, 262144, 0)
for _ in range(100): threading.Thread(target=ask, daemon=True).start()
print('asking', flush=True)
threading.Event().wait()
"""
MODEST = """
import os, time
took = []
for _ in range(200):
    began = time.monotonic()
    os.stat('/n/large')
    took.append(time.monotonic() - began)
print(sorted(took)[len(took) // 2])
"""


class LoadTest(unittest.TestCase):
    def setUp(self):
        server = fixture.server_of(os.environ.get("STRAIT_LOAD_SERVER", "straitd"))
        self.url, _, _ = server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        self.agent = fixture.Agent(self.url)
        self.addCleanup(self.agent.close)

    def memory_mib(self, key="RssAnon"):
        with open(f"/proc/{self.agent.status()['pid']}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) / 1024
        return None

    def start(self, text, *arguments):
        child = self.agent.start(sys.executable, "-c", text, *map(str, arguments),
                                 start_new_session=True, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        self.addCleanup(self.end, child)
        return child

    def end(self, child):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(SECONDS)
        child.stdin.close()
        child.stdout.close()

    def test_hundreds_of_processes_with_thousands_of_files_are_served_and_forgotten(self):
        began = time.monotonic()
        crowd = self.start(CROWD, PROCESSES, FILES, THREADS)
        self.assertEqual(crowd.stdout.readline().strip(), str(PROCESSES))
        worked_s = time.monotonic() - began
        status, memory = self.agent.status(), self.memory_mib()
        self.assertGreaterEqual(status["programs"], PROCESSES)
        self.assertGreaterEqual(status["open_files"], PROCESSES * FILES)
        self.assertLess(memory, LIMIT_MIB)
        killed = time.monotonic()
        os.killpg(crowd.pid, signal.SIGKILL)
        while self.agent.status()["open_files"]:  # no event tells of it
            self.assertLess(time.monotonic() - killed, SECONDS)
            time.sleep(0.02)
        print(f"{status['programs']} programs, {status['open_files']} open files, "
              f"{PROCESSES * THREADS} threads: {worked_s:.1f} s; agent {memory:.0f} MiB "
              f"(peak {self.memory_mib('VmHWM'):.0f} with its rings); all released "
              f"{time.monotonic() - killed:.2f} s after the kill", file=sys.stderr)

    def test_a_greedy_program_leaves_the_others_their_share(self):
        greedy = self.start(GREEDY)
        self.assertEqual(greedy.stdout.readline().strip(), "asking")
        done = self.agent.run(sys.executable, "-c", MODEST, within_s=SECONDS)
        median_ms = float(done.stdout) * 1000
        print(f"a stat beside 100 threads of reads: {median_ms:.2f} ms (median)", file=sys.stderr)
        self.assertLess(median_ms, 250)


if __name__ == "__main__":
    unittest.main(verbosity=2)
