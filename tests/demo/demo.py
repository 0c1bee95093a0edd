#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""./dev demo: unmodified programs work on files of an NFS server, run by an ordinary user with no
mount and no privilege, and each does what it does on the local disk.

Three servers in turn: straitd on a real folder, straitd on memory, nfs-ganesha on a folder (when
this is root: ganesha opens files by handle). Status 1: something differs.
"""
import argparse
import contextlib
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import source_tree
from programs import KEEPS_NO_SYMLINK_TIMES, PROGRAMS, normal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import servers  # noqa: E402 (the path above)

ORDINARY_USER = 23456  # no account: nothing on this machine is theirs
ROW = "  {:16} {:>4}  {:5} {:>8} {:>8} {:>8}"


class User:
    """Runs commands as an ordinary user with a home of their own and a clean environment."""

    def __init__(self, home):
        self.home = home
        self.uid = ORDINARY_USER if os.geteuid() == 0 else os.geteuid()
        self.prefix = []
        if os.geteuid() == 0:
            who = str(self.uid)
            self.prefix = ["setpriv", "--reuid", who, "--regid", who, "--clear-groups"]
        self.env = {"HOME": home, "XDG_RUNTIME_DIR": home, "TMPDIR": home, "LC_ALL": "C",
                    "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}
        self.own(home)

    def own(self, folder):
        os.makedirs(folder, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.uid)
        os.chmod(folder, 0o700)
        return folder

    def run(self, argv, cwd="/"):
        return subprocess.run(self.prefix + argv, cwd=cwd, env=self.env, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace")


def strait_for(user, work):
    """The program `strait`, where the user may run it."""
    program = os.path.join(servers.BIN, "strait")
    if user.run(["test", "-x", program]).returncode == 0:
        return program
    os.makedirs(f"{work}/bin")
    for name in os.listdir(servers.BIN):
        if name == "strait" or name.startswith("libstrait"):
            shutil.copy(os.path.join(servers.BIN, name), f"{work}/bin")
    return f"{work}/bin/strait"


class Demo:
    def __init__(self, work, archive):
        self.user = User(f"{work}/home")
        self.work, self.archive, self.sums = work, archive, f"{work}/sums"
        self.strait = strait_for(self.user, work)
        self.local, self.wrong = {}, []

    def timed(self, argv, cwd="/"):
        began = time.monotonic()
        run = self.user.run(argv, cwd)
        return run.returncode, run.stdout, time.monotonic() - began

    def run_locally(self):
        """What each program says and how long it takes on the local disk."""
        folder = self.user.own(f"{self.work}/local")
        for name, text in PROGRAMS:
            shell = ["sh", "-c", text.format(archive=self.archive, sums=self.sums)]
            self.local[name] = self.timed(shell, folder)
            if name == "tar -x":
                self.write_sums(folder)

    def write_sums(self, folder):
        text = "cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum"
        with open(self.sums, "w", encoding="utf-8") as file:
            file.write(self.user.run(["sh", "-c", text], folder).stdout)

    def rpcs(self):
        run = self.user.run([self.strait, "stats", "--json"])
        return json.loads(run.stdout)["rpcs"] if run.returncode == 0 else 0

    def run_on(self, title, url):
        print(f"\n{title}   {url}")
        print(ROW.format("program", "exit", "same", "local s", "here s", "RPCs"))
        symlink_times = KEEPS_NO_SYMLINK_TIMES not in title
        for name, text in PROGRAMS:
            text = "cd /n && " + text.format(archive=self.archive, sums=self.sums)
            before = self.rpcs()
            status, output, took_s = self.timed(
                [self.strait, "run", "-m", f"/n={url}", "--", "sh", "-c", text])
            wanted_status, wanted, local_s = self.local[name]
            wanted, output = (normal(name, text, symlink_times) for text in (wanted, output))
            same = status == wanted_status and output == wanted
            print(ROW.format(name, status, "yes" if same else "NO", f"{local_s:.2f}",
                             f"{took_s:.2f}", self.rpcs() - before), flush=True)
            if not same:
                self.wrong.append(f"{name} on {title}")
                tell_difference(wanted, output)
        self.user.run([self.strait, "agent", "stop"])


def tell_difference(wanted, output):
    lines = difflib.unified_diff(wanted.split("\n")[:20000], output.split("\n")[:20000], "local",
                                 "here", lineterm="", n=0)
    for line, _ in zip(lines, range(12)):
        print("      " + line[:150])


@contextlib.contextmanager
def work_folder():
    folder = tempfile.mkdtemp(prefix="strait-demo-")
    os.chmod(folder, 0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def volumes(user, work):
    """(title, URL) of each server, started when it is asked for."""
    disk = user.own(f"{work}/disk")
    with servers.Straitd([f"disk=local:{disk}", "memory=memory:mode=777"]) as server:
        yield "straitd, a real folder", server.url("disk")
        yield "straitd, memory", server.url("memory")
    if os.geteuid() != 0:
        print("\nnfs-ganesha: left out, it needs root to open files by handle")
    elif servers.GANESHA:
        disk = user.own(f"{work}/ganesha")
        with servers.Ganesha({"disk": disk}) as server:
            yield "nfs-ganesha, a real folder", server.url("disk")


NEXT = """
What to try next, with the server of your choice (build/release/bin/straitd --help starts one here):
  build/release/bin/strait run -m /n=nfs://SERVER/EXPORT -- bash    a shell with NFS files at /n
  build/release/bin/strait ls nfs://SERVER/EXPORT                   no shim, just the client
  build/release/bin/strait cat --trace nfs://SERVER/EXPORT/FILE     each RPC it costs
  build/release/bin/strait doctor nfs://SERVER/EXPORT               when something does not work"""


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--only", default="", help="servers whose title holds this word")
    options = parser.parse_args()
    archive, what = source_tree.fetch(os.path.join(servers.TOP, "build/demo"))
    with work_folder() as work:
        shutil.copy(archive, f"{work}/tree.tar")
        demo = Demo(work, f"{work}/tree.tar")
        print(f"{what}; as user {demo.user.uid}, no mount, no privilege")
        demo.run_locally()
        for title, url in volumes(demo.user, work):
            if options.only in title:
                demo.run_on(title, url)
    if demo.wrong:
        print("\nnot the same as on the local disk: " + "; ".join(demo.wrong))
        return 1
    print("\nEach program did on NFS what it does on the local disk." + NEXT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
