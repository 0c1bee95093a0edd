#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program outlives its agent: what was open is lost and says EIO, what it opens anew works, by an
agent that the program itself has started."""
import os
import select
import signal
import subprocess
import sys
import unittest

import fixture
import servers

# Each line of input is a command; what it says comes back with its status.
SHELL = 'exec 5</n/old; echo ready; while read -r line; do eval "$line" 2>&1; echo "=$?"; done'


class LifeTest(unittest.TestCase):
    def setUp(self):
        self.server = servers.Straitd(["x=memory:,no_root_squash"])
        self.agent = fixture.Agent(self.server.url("x"))
        self.agent.bash("echo old > /n/old; echo new > /n/new; mkdir /n/d; echo deep > /n/d/f")
        self.shell = self.agent.start("bash", "-c", SHELL, stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        self.assertEqual(self.shell.stdout.readline(), "ready\n")

    def tearDown(self):
        self.shell.stdin.close()
        self.shell.wait()
        self.shell.stdout.close()
        self.agent.close()
        self.server.__exit__()

    def say(self, line):
        """The command's output, without its last line, and its status."""
        self.shell.stdin.write(line + "\n")
        self.shell.stdin.flush()
        said = ""
        while not (heard := self.shell.stdout.readline()).startswith("="):
            if not heard:
                raise EOFError("the shell has ended")
            said += heard
        return said, int(heard[1:])

    def end(self, how):
        """Returns when it is dead."""
        agent = os.pidfd_open(self.agent.status()["pid"])
        signal.pidfd_send_signal(agent, how)
        select.select([agent], [], [])
        os.close(agent)

    def kill(self):
        self.end(signal.SIGKILL)

    def outlives(self, end_it):
        before = self.agent.status()["pid"]
        self.assertEqual(self.say("read -r word < /n/new; echo $word"), ("new\n", 0))
        end_it()
        self.assertEqual(self.say("read -r word < /n/new; echo $word"), ("new\n", 0))
        self.assertEqual(self.say("cat /n/d/f"), ("deep\n", 0))
        said, status = self.say("read -r word <&5 || cat <&5")
        self.assertNotEqual(status, 0, said)
        self.assertIn("Input/output error", said)
        self.assertEqual(self.say("echo more > /n/made; cat /n/made"), ("more\n", 0))
        after = self.agent.status()
        self.assertNotEqual(after["pid"], before)
        self.assertEqual(self.agent.bash("cat /n/made").stdout, "more\n")
        self.assertEqual(self.agent.status()["pid"], after["pid"])

    def test_a_shell_goes_on_after_its_agent_was_stopped(self):
        self.outlives(lambda: self.end(signal.SIGTERM))

    def test_a_shell_goes_on_after_its_agent_was_killed(self):
        self.outlives(self.kill)

    def test_a_shell_in_a_directory_of_the_mount_goes_on_there(self):
        self.assertEqual(self.say("cd /n/d && cat f"), ("deep\n", 0))
        self.kill()
        self.assertEqual(self.say("cat f"), ("deep\n", 0))

    def test_the_program_is_not_told_of_a_child_that_is_not_its_own(self):
        script = """
import os, signal, sys
told = []
signal.signal(signal.SIGCHLD, lambda *unused: told.append(1))
print('ready', flush=True)
sys.stdin.readline()
print(open('/n/new').read().strip(), len(told), flush=True)
try:
    print(os.wait())
except ChildProcessError:
    print('no child', flush=True)
"""
        child = self.agent.start("python3", "-c", script, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE)
        self.assertEqual(child.stdout.readline(), "ready\n")
        self.kill()
        with child:
            said, _ = child.communicate("\n", timeout=60)
        self.assertEqual(said, "new 0\nno child\n")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
