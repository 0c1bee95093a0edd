# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent's life as users meet it: killed, stopped, started by many at once; exit statuses."""
import json
import os
import signal
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin"))
STRAIT = os.path.join(BIN, "strait")
SECONDS = 60


class AgentTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="strait-agent-")
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=self.folder.name, LC_ALL="C")

    def tearDown(self):
        self.strait("agent", "stop")
        self.folder.cleanup()

    def strait(self, *arguments):
        return subprocess.run([STRAIT, *arguments], env=self.environment, text=True, check=False,
                              capture_output=True, timeout=SECONDS)

    def run_on(self, text, mount="/n=memory:"):
        return self.strait("run", "-m", mount, "--", "bash", "-c", text)

    def agent(self):
        return json.loads(self.strait("agent", "status", "--json").stdout)

    def test_exit_statuses_are_the_programs_or_say_what_failed(self):
        self.assertEqual(self.run_on("exit 7").returncode, 7)
        self.assertEqual(self.strait("run", "-m", "/n=memory:", "no-such-program").returncode, 127)
        self.assertEqual(self.strait("run", "-m", "/n=memory:", "/etc/passwd").returncode, 126)
        for bad in ("n=memory:", "/n", "/n=nothing", "/n=nfs://127.0.0.1:1/x", "/=memory:"):
            refused = self.run_on("true", bad)
            self.assertEqual(refused.returncode, 125, bad)
            self.assertTrue(refused.stderr.startswith("strait: "), refused.stderr)

    def test_a_killed_agent_gives_eio_for_what_was_open_and_the_next_call_another(self):
        self.assertEqual(self.run_on("echo before > /n/f").returncode, 0)
        first = self.agent()["pid"]
        done = self.run_on(f"exec 3< /n/f 4>> /n/f; kill -9 {first}; cat <&3; echo $?; cat /n/f; "
                           "echo $?; echo x >&4; echo $?; ls /n; echo $?; "
                           "head -n 1 /etc/passwd | wc -l")
        # `ls` has another agent, whose volume is empty.
        self.assertEqual(done.stdout.split(), ["1", "1", "1", "0", "1"], done.stderr)
        self.assertIn("Input/output error", done.stderr)
        self.assertEqual(self.run_on("ls /n").returncode, 0)
        self.assertNotEqual(self.agent()["pid"], first)

    def test_a_wait_for_a_dead_agent_ends(self):
        # The agent is stopped dead while a program waits for its answer, and then killed.
        self.run_on("true")
        agent = self.agent()["pid"]
        os.kill(agent, signal.SIGSTOP)
        waiting = subprocess.Popen(
            [STRAIT, "run", "-m", "/n=memory:", "true"], env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.kill(agent, signal.SIGKILL)
        self.assertIn(waiting.wait(SECONDS), (0, 125))

    def test_many_commands_at_once_start_one_agent(self):
        commands = [subprocess.Popen(
            [STRAIT, "run", "-m", "/n=memory:", "--", "bash", "-c", f"echo {i} > /n/{i}"],
            env=self.environment) for i in range(16)]
        self.assertEqual([command.wait(SECONDS) for command in commands], [0] * 16)
        names = self.run_on("ls /n").stdout.split()
        self.assertEqual(sorted(map(int, names)), list(range(16)))

    def test_a_killed_program_leaves_no_open_file(self):
        done = self.run_on("exec 3> /n/held; kill -9 $$")
        self.assertEqual(done.returncode, -signal.SIGKILL)
        self.run_on("flock -x -w 30 /n/held true")
        self.assertEqual(self.agent()["open_files"], 0)

    def test_a_folder_that_others_may_enter_is_refused(self):
        os.mkdir(f"{self.folder.name}/strait", 0o755)
        os.chmod(f"{self.folder.name}/strait", 0o755)
        refused = self.run_on("true")
        self.assertEqual(refused.returncode, 125)
        os.chmod(f"{self.folder.name}/strait", 0o700)

    def test_a_program_off_the_mounts_connects_nothing(self):
        before = self.run_on("true") and self.agent()
        self.run_on("ls / > /dev/null; cat /etc/passwd | sort > /dev/null")
        calls = json.loads(self.strait("stats", "--json").stdout)["calls"]
        self.assertEqual(calls, 0)
        self.assertEqual(before["open_files"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
