#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""./dev demo: unmodified programs work on files of an NFS server, run by an ordinary user with no
mount and no privilege, and each does what it does on the local disk.

Three servers in turn: straitd on a real folder, straitd on memory, nfs-ganesha on a folder (when
this is root: ganesha opens files by handle); or with --url a server of yours, in an empty folder
that the user may write to. The largest programs run on the first one only, unless --compatibility
is given. Status 1: something differs.
"""
import argparse
import contextlib
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../lib"), os.path.join(HERE, "../programs")]
import compatibility  # noqa: E402 (the path above)
import day  # noqa: E402
import inputs  # noqa: E402
import servers  # noqa: E402
import source_tree  # noqa: E402
from runs import Runs  # noqa: E402
from user import User  # noqa: E402


@contextlib.contextmanager
def work_folder():
    folder = tempfile.mkdtemp(prefix="strait-demo-")
    os.chmod(folder, 0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def volumes(user, work, given):
    """(title, URL) of each server, started when it is asked for."""
    if given:
        yield given, given
        return
    disk = user.own(f"{work}/disk")
    exports = [f"disk=local:{disk},no_root_squash", "memory=memory:mode=777,no_root_squash"]
    with servers.Straitd(exports) as server:
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


def run_all(options, archive, what, as_root=False):
    """Everything on every server, as one user."""
    with work_folder() as work:
        shutil.copy(archive, f"{work}/tree.tar")
        runs = Runs(User(f"{work}/home", as_root), work, inputs.prepare(options.inputs),
                    options.compatibility is not None)
        print(f"{what}; as {runs.user.name} ({runs.user.uid}), no mount, no privilege", flush=True)
        runs.run_locally(options.program)
        for title, url in volumes(runs.user, work, options.url):
            if options.only in title:
                runs.run_on(title, url)
                if options.compatibility:
                    compatibility.record(runs.user.name, runs.results)
    return runs


def users_of(options, are_root):
    """For each run: whether it is root's."""
    if options.user == "root" or not options.compatibility or not are_root:
        return [options.user == "root"]
    return [False] if options.user else [False, True]


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--url", default="", help="nfs://SERVER/FOLDER: there, and nowhere else")
    parser.add_argument("--only", default="", help="servers whose title holds this word")
    parser.add_argument("--program", default="", help="programs whose name holds this word")
    parser.add_argument("--user", choices=("root", "ordinary"), default="")
    parser.add_argument("--compatibility", nargs="?", const=compatibility.PAGE, metavar="FILE",
                        help="python's own tests too, and root: all into docs/compatibility.md")
    options = parser.parse_args()
    options.inputs = os.path.join(servers.TOP, "build/programs")
    if absent := day.absent():
        print(f"not installed, so what needs them will differ: {absent}")
    archive, what = source_tree.fetch(os.path.join(servers.TOP, "build/demo"))
    done = [run_all(options, archive, what, as_root)
            for as_root in users_of(options, os.geteuid() == 0)]
    if options.compatibility:
        compatibility.write(options.compatibility)
    wrong = [each for runs in done for each in runs.wrong]
    if wrong:
        print("\nnot the same as on the local disk: " + "; ".join(wrong))
        return 1
    print("\nEach program did on NFS what it does on the local disk." + NEXT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
