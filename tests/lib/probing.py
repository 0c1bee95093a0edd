# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/probe as a child: one file operation at a time, at a test's word."""
import os
import signal
import subprocess

import servers
from process import die_with_parent


class Refused(RuntimeError):
    """The operation's error, by its name: noent, exist, ..."""


class Probe:
    """`probe("stat", "a/b")` gives the words of the answer. Mounted when made."""

    def __init__(self, url):
        self.child = subprocess.Popen([os.path.join(servers.BIN, "probe"), url], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1,
                                      preexec_fn=die_with_parent)
        self.answer()

    def answer(self):
        line = self.child.stdout.readline()
        if not line.endswith("\n"):
            raise EOFError(f"probe ended with status {self.child.wait()}")
        return line.rstrip("\n")

    def __call__(self, *words):
        self.child.stdin.write(" ".join(str(word) for word in words) + "\n")
        outcome, _, rest = self.answer().partition(" ")
        if outcome != "ok":
            raise Refused(rest, words)
        return rest

    def close(self):
        """Ends it in order; its exit status."""
        self.child.stdin.close()
        return self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *unused):
        if kind is not None:
            self.child.send_signal(signal.SIGKILL)
        self.close()
        self.child.stdout.close()
