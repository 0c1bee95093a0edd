# SPDX-License-Identifier: LGPL-2.1-or-later
"""Waits that others decide on: locks, an agent that does not answer or is gone. Each can be ended
by a signal, and none is for ever."""
import os
import select
import signal
import subprocess
import sys
import time
import unittest

import fixture
from process import state_of, stop_still

SECONDS = 120
# Holds the lock and says so; ends with its input.
HOLD = """
import fcntl, sys
f = open('/n/f', 'w')
fcntl.{}(f, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()
"""
# Waits for it, once: Python's own fcntl would go on after EINTR.
WAIT = """
import ctypes, errno, signal, sys
signal.signal(signal.SIGALRM, lambda *unused: None)
signal.siginterrupt(signal.SIGALRM, {interrupts})
libc = ctypes.CDLL(None, use_errno=True)
f = open('/n/f', 'r+')
print('waiting', flush=True)
failed = libc.flock(f.fileno(), 2) if '{call}' == 'flock' else libc.lockf(f.fileno(), 1, 0)
print(errno.errorcode[ctypes.get_errno()] if failed else 'locked', flush=True)
"""
CROWD = """
import fcntl, threading
def wait(number):
    with open('/n/f', 'r+') as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        done.append(number)
done = []
with open('/n/f', 'w') as first:
    fcntl.flock(first, fcntl.LOCK_EX)
    threads = [threading.Thread(target=wait, args=(n,)) for n in range(150)]
    for thread in threads: thread.start()
    fcntl.flock(first, fcntl.LOCK_UN)
for thread in threads: thread.join()
print(len(done))
"""


class WaitsTest(unittest.TestCase):
    def setUp(self):
        self.agent = fixture.Agent("memory:")
        self.children = []

    def tearDown(self):
        for child in self.children:
            child.kill()
            child.wait()
            child.stdout.close()
            child.stdin.close()
        self.agent.close()

    def python(self, text, first_word):
        child = self.agent.start(sys.executable, "-c", text, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        self.children.append(child)
        self.assertEqual(child.stdout.readline().strip(), first_word)
        return child

    def wait_in_lock(self, child):
        """Until its only thread sleeps in the kernel. No event tells of that."""
        for _ in range(SECONDS * 100):
            if state_of(child.pid) == "S":
                return
            time.sleep(0.01)
        self.fail("it does not wait")

    def interrupt(self, child):
        """Signals until it answers: the first may come before it waits."""
        ready = []
        while not ready:
            child.send_signal(signal.SIGALRM)
            ready, _, _ = select.select([child.stdout], [], [], 0.1)
        self.assertEqual(child.stdout.readline().strip(), "EINTR")

    def test_a_handler_ends_a_wait_for_a_lock_unless_it_asked_for_restart(self):
        for call in ("lockf", "flock"):
            holder = self.python(HOLD.format(call), "held")
            waiter = self.python(WAIT.format(call=call, interrupts=True), "waiting")
            self.wait_in_lock(waiter)
            self.interrupt(waiter)
            patient = self.python(WAIT.format(call=call, interrupts=False), "waiting")
            self.wait_in_lock(patient)
            patient.send_signal(signal.SIGALRM)
            holder.stdin.close()
            self.assertEqual(patient.stdout.readline().strip(), "locked")
            self.assertEqual(holder.wait(SECONDS), 0)

    def test_an_interrupted_wait_took_no_lock(self):
        holder = self.python(HOLD.format("lockf"), "held")
        waiter = self.python(WAIT.format(call="lockf", interrupts=True) + "sys.stdin.read()",
                             "waiting")
        self.wait_in_lock(waiter)
        self.interrupt(waiter)
        holder.stdin.close()
        holder.wait(SECONDS)
        self.python(HOLD.format("lockf"), "held")  # while the waiter lives

    def test_a_wait_for_a_lock_ends_with_the_program(self):
        self.python(HOLD.format("flock"), "held")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            waiter = self.python("import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)\n" +
                                 WAIT.format(call="flock", interrupts=True), "waiting")
            self.wait_in_lock(waiter)
            waiter.send_signal(number)
            self.assertEqual(waiter.wait(SECONDS), -number)

    def test_more_waits_than_the_ring_has_slots_end_in_their_turn(self):
        done = self.agent.run(sys.executable, "-c", CROWD, within_s=SECONDS)
        self.assertEqual(done.stdout.strip(), "150", done.stderr)

    def test_a_stopped_agent_keeps_nobody_from_dying(self):
        self.assertEqual(self.agent.bash("echo x > /n/f").returncode, 0)
        pid = self.agent.status()["pid"]
        for command in ("cat /n/f", "exec 3< /n/f"):  # a connection, and a call on one
            child = self.agent.start("bash", "-c", f"echo here; read go; echo on; {command}",
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     start_new_session=True)
            self.children.append(child)
            self.assertEqual(child.stdout.readline(), "here\n")
            stop_still(pid)
            child.stdin.write("go\n")
            child.stdin.flush()
            self.assertEqual(child.stdout.readline(), "on\n")
            self.wait_in_lock(child)
            os.killpg(child.pid, signal.SIGINT)
            self.assertEqual(child.wait(SECONDS), -signal.SIGINT)
            os.kill(pid, signal.SIGCONT)

    def test_threads_that_wait_for_a_slot_get_eio_when_the_agent_dies(self):
        text = """
import os, signal, sys, threading, time
f = open('/n/f', 'w')
sys.path.insert(0, LIB)
from process import stop_still
stop_still(AGENT)
sys.setswitchinterval(1000)  # whoever has begun is inside of stat before another runs
errors, begun = [], []
def look():
    begun.append(threading.get_native_id())
    try: os.stat('/n/f')
    except OSError as error: errors.append(error.errno)
threads = [threading.Thread(target=look) for _ in range(100)]
for thread in threads: thread.start()
def waits(thread):  # in futex or futex_waitv; who wants a slot is awake now and then
    return open(f'/proc/self/task/{thread}/syscall').read().split()[0] in ('202', '449')
while len(begun) < 100: time.sleep(0.001)
for thread in begun:
    while not waits(thread): time.sleep(0.001)
os.kill(AGENT, signal.SIGKILL)  # who came later would ask a new agent, which has no such file
for thread in threads: thread.join()
print(len(errors), set(errors))
"""
        self.agent.bash("true")
        pid = self.agent.status()["pid"]
        lib = os.path.join(fixture.TOP, "tests/lib")
        done = self.agent.run(sys.executable, "-c", f"AGENT, LIB = {pid}, {lib!r}\n" + text,
                              within_s=SECONDS)
        self.assertEqual(done.stdout.strip(), "100 {5}", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
