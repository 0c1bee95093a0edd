#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program that cannot see the mounts is told of in one line, and runs; of others nothing is said
unless it is asked for (--explain)."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../agent"))
import fixture  # noqa: E402 (the path above)

PROGRAM = "int main(void) { return 7; }\n"
# What Go's linker leaves: type 4, owner "Go".
GO = PROGRAM + '''
__asm__(".section .note.go.buildid,\\"a\\",@note\\n.balign 4\\n"
        ".long 4, 4, 4\\n.asciz \\"Go\\\\0\\"\\n.ascii \\"idid\\"\\n.text\\n");
'''


def compiler():
    return next(each for each in ("clang-19", "clang", "gcc", "cc") if shutil.which(each))


class WaysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="strait-ways-")
        cls.agent = fixture.Agent("memory:")

    @classmethod
    def tearDownClass(cls):
        cls.agent.close()
        shutil.rmtree(cls.folder)

    def make(self, name, text, *flags):
        with open(f"{self.folder}/{name}.c", "w", encoding="ascii") as file:
            file.write(text)
        path = f"{self.folder}/{name}"
        subprocess.run([compiler(), *flags, "-o", path, path + ".c"], check=True)
        return path

    def expect_told(self, path, *words):
        """By the launcher, and by the shim when an argument lies below a prefix."""
        for done in (self.agent.run(path), self.agent.bash(f"{path} /n/f")):
            self.assertEqual(done.returncode, 7)
            lines = done.stderr.splitlines()
            self.assertEqual(len(lines), 1, done.stderr)
            for word in (path, "untouched", *words):
                self.assertIn(word, lines[0])
        self.assertEqual(self.agent.bash(f"{path} here").stderr, "")

    def test_a_static_program_is_told_of(self):
        self.expect_told(self.make("static", PROGRAM, "-static"), "statically linked")

    def test_a_go_program_is_told_of(self):
        self.expect_told(self.make("go", GO), "Go", "local files")

    def test_a_program_that_raises_its_privilege_is_told_of(self):
        if os.geteuid() != 0:
            self.skipTest("only root can make one")
        path = self.make("setuid", PROGRAM)
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o4755)
        self.expect_told(path, "privilege")

    def test_a_script_is_told_of_by_its_interpreter(self):
        static = self.make("interpreter", PROGRAM, "-static")
        script = f"{self.folder}/script"
        with open(script, "w", encoding="ascii") as file:
            file.write(f"#!{static}\n")
        os.chmod(script, 0o755)
        done = self.agent.run(script)
        self.assertEqual(done.returncode, 7)
        self.assertIn(f"{static}: untouched", done.stderr)

    def test_of_others_nothing_is_said_unless_asked(self):
        path = self.make("dynamic", PROGRAM)
        done = self.agent.run(path)
        self.assertEqual((done.returncode, done.stderr), (7, ""))
        command = [fixture.STRAIT, "run", "-m", "/n=memory:", "--explain", "--", path]
        done = subprocess.run(command, env=self.agent.environment, text=True, capture_output=True,
                              check=False)
        self.assertEqual(done.stderr, f"strait: {path}: shim (dynamically linked)\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
