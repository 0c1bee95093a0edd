# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs each case on a mount under `strait run` and on the local disk, and compares.

usage: programs_test.py [--day [--share I/N]] [--only WORD] [--show] memory|straitd|ganesha|URL
Run as root, it runs all again as an ordinary user; --day: a working day's programs, or each Nth of
them, in turn as root and as an ordinary user. Status 77: the server, or a day's programs, are not
there.
"""
import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/lib")]
import day
import inputs
import servers
from cases import CASES, NOT_ON
from compare import LISTING, differences, in_folder, normal

BIN = os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin"))
STRAIT = os.path.join(BIN, "strait")
INPUTS = os.path.join(TOP, "build/programs")
SECONDS = 120


class User:
    """Who runs the programs: the caller, or an ordinary user without an account (setpriv)."""

    def __init__(self, number=None):
        self.number = number
        self.home = tempfile.mkdtemp(prefix="strait-programs-")
        self.strait, folder = STRAIT, f"{self.home}/local"
        if number:  # our build may lie where nobody else looks
            os.makedirs(f"{self.home}/bin")
            for name in ("strait", "libstrait_preload.so"):
                shutil.copy(os.path.join(BIN, name), f"{self.home}/bin")
            self.strait = f"{self.home}/bin/strait"
        for each in (f"{self.home}/run", folder):
            os.mkdir(each, 0o700)
            if number:
                os.chown(each, number, number)
        os.chmod(self.home, 0o755)
        self.local = folder

    def run(self, argv, cwd="/"):
        drop = ["setpriv", f"--reuid={self.number}", f"--regid={self.number}", "--clear-groups"]
        environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": f"{self.home}/run",
                       "LC_ALL": "C", "HOME": self.home, "TZ": "UTC"}
        environment["IN"] = INPUTS
        for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "STRAIT_REACTOR", "STRAIT_LOG"):
            if name in os.environ:
                environment[name] = os.environ[name]
        try:
            done = subprocess.run((drop if self.number else []) + argv, cwd=cwd, env=environment,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
            return done.returncode, done.stdout.decode(errors="replace")
        except subprocess.TimeoutExpired as late:
            return "timed out", (late.stdout or b"").decode(errors="replace")

    def close(self):
        self.run([self.strait, "agent", "stop"])
        shutil.rmtree(self.home, ignore_errors=True)


def on_disk(user, name, text):
    folder = f"{user.local}/{name}"
    result = user.run(in_folder(folder, text))
    return normal(result, folder), user.run(["bash", "-c", LISTING], folder)


def on_mount(user, url, name, text):
    start = [user.strait, "run", "-m", f"/n={url}", "--"]
    folder = f"/n/{name}"
    result = user.run(start + in_folder(folder, text))
    tree = user.run(start + ["bash", "-c", f"cd {folder} && {LISTING}"])
    return normal(result, folder), tree


def left_out(server, name, text):
    """Why this case is not run here, or None."""
    if missing := inputs.missing(INPUTS, text):
        return f"no {missing}"
    return NOT_ON.get((server, name)) or day.NOT_ON.get((server, name))


def run_all(user, server, url, cases, show):
    wrong = 0
    for number, (name, text) in enumerate(cases):
        if why := left_out(server, name, text):
            print(f"skip  {name}: {why}")
            continue
        folder = f"w{os.getpid()}.{number}.{user.number or 0}"
        wanted, wanted_tree = on_disk(user, folder, text)
        got, got_tree = on_mount(user, url, folder, text)
        found = list(differences(wanted, got)) + list(differences(wanted_tree, got_tree))
        print(f"{'FAIL' if found else 'ok  '}  {name}" + (f" (as {user.number})" if user.number
                                                         else ""), flush=True)
        print("\n".join(found[:40]) + "\n" if found else "", end="", flush=True)
        if show:
            print(got[1])
        wrong += bool(found)
    return wrong


@contextlib.contextmanager
def server_of(word):
    """The URL of a server of that kind, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="strait-programs-") as folder:
        os.chmod(folder, 0o777)
        if word == "memory":
            yield "memory:"
        elif word == "straitd":
            if not os.access(os.path.join(BIN, "straitd"), os.X_OK):
                skip("straitd is not built")
            with servers.Straitd([f"x=local:{folder},no_root_squash"]) as server:
                yield server.url("x")
        elif word == "ganesha":
            if not servers.GANESHA or os.geteuid() != 0:
                skip("nfs-ganesha is not here, or we are not root")
            with servers.Ganesha({"x": folder}) as server:
                yield server.url("x")
        else:
            yield word


def skip(why):
    print(why)
    sys.exit(77)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", action="store_true")
    parser.add_argument("--share", default="0/1")
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("server")
    arguments = parser.parse_args()
    users = [None, 54321] if os.geteuid() == 0 else [None]
    first, step = (int(word) for word in arguments.share.split("/"))
    cases = day.CASES[first::step] if arguments.day else CASES
    cases = [case for case in cases if arguments.only in case[0]]
    if arguments.day:
        if absent := day.absent():
            skip(f"not installed: {absent}")
        inputs.prepare(INPUTS)
    wrong = 0
    with server_of(arguments.server) as url:
        for i, number in enumerate(users):
            share = cases[i::len(users)] if arguments.day else cases
            with contextlib.closing(User(number)) as user:
                wrong += run_all(user, arguments.server, url, share, arguments.show)
    print(f"{wrong} cases differ" if wrong else "all the same")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
