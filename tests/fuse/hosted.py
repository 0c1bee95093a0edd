#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""strait mount --agent: programs under `strait run` and users of the mount share one agent, and its
connection. Status 77: no root, no /dev/fuse."""
import errno
import fcntl
import os
import select
import signal
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../agent"))
import fixture  # noqa: E402 (the path above)
import mounts  # noqa: E402
import servers  # noqa: E402

HOLD = """
import fcntl, sys
f = open('/n/f', 'r+')
fcntl.lockf(f, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()
"""


class HostedTest(unittest.TestCase):
    def setUp(self):
        self.server = servers.Straitd(["x=memory:mode=0777,no_root_squash"])
        self.agent = fixture.Agent(self.server.url("x"))
        self.at = f"{self.agent.home}/at"
        os.mkdir(self.at)

    def tearDown(self):
        self.agent.close()
        subprocess.run(["umount", "-l", self.at], stderr=subprocess.DEVNULL, check=False)
        self.server.__exit__()

    def mount(self, *words):
        return self.agent.strait("mount", "--agent", self.agent.url, self.at, *words)

    def must_mount(self):
        done = self.mount("-o", "allow_other")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def end_agent(self, how):
        agent = os.pidfd_open(self.agent.status()["pid"])
        signal.pidfd_send_signal(agent, how)
        select.select([agent], [], [])
        os.close(agent)

    def test_programs_and_the_mount_see_one_tree_over_one_connection(self):
        self.assertEqual(self.agent.bash("echo one > /n/f").returncode, 0)
        self.must_mount()
        self.assertEqual(mounts.read(f"{self.at}/f"), "one\n")
        mounts.write(f"{self.at}/g", "two")
        self.assertEqual(self.agent.run("cat", "/n/g").stdout, "two")
        with open(f"{self.at}/g", "a", encoding="ascii") as file:
            file.write(" and more")
        self.assertEqual(self.agent.run("cat", "/n/g").stdout, "two and more")
        self.assertEqual(self.connections(), 1)

    def connections(self):
        """Of the server's port, as the server's side of them."""
        port = self.server.url("x").split(":")[2].split("/")[0]
        found = 0
        with open("/proc/net/tcp", encoding="ascii") as file:
            for line in file.readlines()[1:]:
                words = line.split()
                local, state = words[1].split(":")[1], words[3]
                found += int(local, 16) == int(port) and state == "01"
        return found

    def test_a_lock_of_a_program_keeps_a_user_of_the_mount_out(self):
        self.agent.bash("echo > /n/f")
        self.must_mount()
        holder = self.agent.start(sys.executable, "-c", HOLD, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), "held\n")
        with open(f"{self.at}/f", "r+", encoding="ascii") as file:
            with self.assertRaises(BlockingIOError):
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            holder.stdin.close()
            fcntl.lockf(file, fcntl.LOCK_EX)
        holder.wait()
        holder.stdout.close()

    def test_umount_ends_the_mount_and_not_the_agent(self):
        self.must_mount()
        self.assertEqual(self.agent.status()["mounts"],
                         [{"directory": self.at, "url": self.agent.url}])
        pid = self.agent.status()["pid"]
        done = self.agent.strait("umount", self.at)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(os.listdir(self.at), [])
        self.assertEqual(self.agent.run("ls", "/n").returncode, 0)
        self.assertEqual(self.agent.status()["pid"], pid)

    def test_an_agent_that_is_told_to_end_detaches_its_mounts_and_loses_nothing(self):
        self.must_mount()
        with open(f"{self.at}/f", "w", encoding="ascii") as file:
            file.write("kept")
            file.flush()
            self.end_agent(signal.SIGTERM)
            with self.assertRaises(OSError):
                file.close()
        self.assertFalse(os.path.ismount(self.at))
        self.assertEqual(self.agent.run("cat", "/n/f").stdout, "kept")

    def test_a_killed_agent_is_told_by_its_errno_and_the_next_mount_clears_it_away(self):
        self.must_mount()
        mounts.write(f"{self.at}/f", "kept", sync=True)
        self.end_agent(signal.SIGKILL)
        with self.assertRaises(OSError) as told:
            os.stat(f"{self.at}/f")
        self.assertIn(told.exception.errno, (errno.ENOTCONN, errno.ECONNABORTED))
        self.must_mount()
        self.assertEqual(mounts.read(f"{self.at}/f"), "kept")

    def test_what_cannot_be_reached_is_told_and_not_mounted(self):
        nobody = f"nfs://127.0.0.1:{servers.free_port()}/x"
        done = self.agent.strait("mount", "--agent", nobody, self.at, "-o", "soft,timeo=10")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(nobody, done.stderr)
        done = self.agent.strait("mount", "--agent", self.agent.url + "/missing", self.at)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no such file", done.stderr)
        self.assertFalse(os.path.ismount(self.at))

    def test_an_agent_of_another_mount_namespace_hosts_nothing(self):
        self.agent.run("true")
        command = [fixture.STRAIT, "mount", "--agent", self.agent.url, self.at]
        done = subprocess.run(["unshare", "-m", *command], env=self.agent.environment, text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("namespace", done.stderr)


if __name__ == "__main__":
    if not mounts.possible():
        sys.exit(77)
    unittest.main(verbosity=2)
