#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""STRAIT_REPORT, STRAIT_STRICT, --explain and strait ps say what is true.

usage: report_test.py
"""
import json
import os
import re
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STRAIT = os.path.join(os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin")),
                      "strait")
CHROOT = 'import os\ntry: os.chroot("/n")\nexcept OSError as e: print(e.errno)'


class Reports(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory(prefix="strait-report-")
        self.environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": self.home.name,
                            "LC_ALL": "C"}
        self.report = f"{self.home.name}/report"

    def tearDown(self):
        self.strait("agent", "stop")
        self.home.cleanup()

    def strait(self, *arguments, **extra):
        return subprocess.run([STRAIT, *arguments], env=self.environment | extra, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)

    def run_on(self, *command, options=(), **extra):
        return self.strait("run", "-m", "/n=memory:", *options, "--", *command, **extra)

    def counts(self):
        """{program: {line: number}} of the report."""
        found, program = {}, None
        with open(self.report, encoding="utf-8") as file:
            for line in file:
                if head := re.match(r"pid \d+ (\S+): (\d+) calls served, (\d+) fell through, "
                                    r"(\d+) not covered", line):
                    program = found.setdefault(os.path.basename(head[1]), {})
                else:
                    name, number = line.strip().rsplit(" ", 1)
                    program[name] = program.get(name, 0) + int(number)
        return found

    def test_each_process_reports_what_was_served_and_what_fell_through(self):
        self.run_on("bash", "-c", "echo x > /n/a; cat /n/a; cat /etc/hostname; exec ls /n",
                    options=["--report", self.report])
        counts = self.counts()
        self.assertEqual(counts["bash"]["served open"], 1)
        self.assertGreaterEqual(counts["cat"]["served read"], 2)
        self.assertGreaterEqual(counts["cat"]["fell through read"], 2)
        self.assertEqual(counts["ls"]["served opendir"], 1)
        self.assertIn("served closedir", counts["ls"])

    def test_a_report_survives_a_scrubbed_environment(self):
        self.run_on("env", "-i", "/bin/cat", "/n/none", options=["--report", self.report])
        self.assertEqual(self.counts()["cat"]["served open"], 1)

    def test_what_is_not_covered_is_named_and_counted(self):
        done = self.run_on("python3", "-c", CHROOT, STRAIT_REPORT=self.report)
        self.assertIn("strait: chroot on a file under a mount is not covered", done.stderr)
        self.assertEqual(done.stdout, "95\n")
        program = next(each for each in self.counts() if each.startswith("python3"))
        self.assertEqual(self.counts()[program]["not covered chroot"], 1)

    def test_strict_ends_the_program_at_the_call(self):
        done = self.run_on("python3", "-c", CHROOT, STRAIT_STRICT="1")
        self.assertEqual(done.returncode, -6)
        self.assertIn("chroot", done.stderr)

    def test_explain_tells_of_each_program(self):
        script = f"{self.home.name}/script"
        with open(script, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\ntrue; cat /dev/null; env true; echo done\n")
        os.chmod(script, 0o755)
        done = self.run_on("bash", "-c", f"{script}; xargs -a /etc/hostname true",
                           options=["--explain"])
        for program in ("bash", "script", "cat", "env", "true", "xargs"):
            self.assertRegex(done.stderr, rf"(?m)^strait: \S*/{program}: ", done.stderr)
        self.assertIn("script, its interpreter decides", done.stderr)

    def test_ps_lists_programs_with_their_files(self):
        with subprocess.Popen([STRAIT, "run", "-m", "/n=memory:", "--", "bash", "-c",
                               "exec 5> /n/file; echo ready; read line"],
                              env=self.environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            programs = json.loads(self.strait("ps", "--json").stdout)
            table = self.strait("ps").stdout
            child.stdin.close()
        mine = next(each for each in programs if each["pid"] == child.pid)
        self.assertEqual(mine["open_files"], 1)
        self.assertGreaterEqual(mine["calls"], 1)
        self.assertEqual(mine["mounts"], ["/n=memory:"])
        self.assertTrue(mine["command"].startswith("bash -c"))
        self.assertRegex(table, rf"(?m)^ *{child.pid} +1 +\d+  bash .*\[/n=memory:\]$")


if __name__ == "__main__":
    unittest.main()
