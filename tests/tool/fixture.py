# SPDX-License-Identifier: LGPL-2.1-or-later
"""One server for all cases, a fresh folder for each, and the program under test."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import servers

STRAIT = os.path.join(servers.BIN, "strait")
KIND = None
SERVER = None
EXPORTED = None


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


@contextlib.contextmanager
def serve(kind):
    global KIND, SERVER, EXPORTED
    KIND = kind
    if os.geteuid() != 0:
        skip("the server's folder is looked at from both sides: root is needed")
    if kind == "ganesha" and not servers.GANESHA:
        skip("nfs-ganesha is not installed here")
    if kind == "straitd" and not os.path.exists(os.path.join(servers.BIN, "straitd")):
        skip("straitd is not built")
    EXPORTED = tempfile.mkdtemp(prefix="strait-tool-")
    os.chmod(EXPORTED, 0o755)
    try:
        if kind == "ganesha":
            made = servers.Ganesha({"x": EXPORTED})
        else:
            made = servers.Straitd([f"x=local:{EXPORTED},no_root_squash"])
        with made as SERVER:
            yield
    finally:
        shutil.rmtree(EXPORTED, ignore_errors=True)


class Case(unittest.TestCase):
    def setUp(self):
        self.there = tempfile.mkdtemp(prefix="case-", dir=EXPORTED)  # on the server
        self.here = tempfile.mkdtemp(prefix="strait-tool-here-")
        self.addCleanup(shutil.rmtree, self.here, ignore_errors=True)
        self.addCleanup(shutil.rmtree, self.there, ignore_errors=True)
        os.chmod(self.there, 0o755)

    def url(self, path="", server=None):
        folder = os.path.basename(self.there)
        return (server or SERVER).url(f"x/{folder}/{path}".rstrip("/"))

    def strait(self, *words, status=0, **options):
        """Runs it; what it said is in .out (bytes) and .err (text)."""
        environment = dict(os.environ, LC_ALL="C", TZ="UTC")
        done = subprocess.run([STRAIT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment, timeout=120, check=False, **options)
        done.out, done.err = done.stdout, done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, status, f"{words}: {done.err}")
        return done

    @staticmethod
    def local(*words, **options):
        environment = dict(os.environ, LC_ALL="C", TZ="UTC")
        return subprocess.run(words, stdout=subprocess.PIPE, env=environment, check=True,
                              **options).stdout

    @staticmethod
    def put(folder, name, content=b"", mode=0o644):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)
        return path

    @staticmethod
    def get(*parts):
        with open(os.path.join(*parts), "rb") as file:
            return file.read()
