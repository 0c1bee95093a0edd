#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many RPCs whole programs cost under `strait run`, on a tree of small files.

  programs.py SERVER [CLAIM]     SERVER: ganesha, local or memory (straitd on that backend)

Status 1: a claim does not hold. Status 77: the server is not to be had here.
"""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from round_trips import Place, Probe, expect, hold  # noqa: E402 (the path above)

DIRECTORIES, FILES = 10, 20  # files in each
SETTLING = 10  # of a whole run: the mount's own first questions, what leads to the tree
GITS_OWN = 70  # what git asks about its own folder


class Tree:
    """A tree of small old files on the local disk, as tar file too."""

    def __init__(self, home):
        self.path, self.tar = f"{home}/tree", f"{home}/tree.tar"
        for directory in range(DIRECTORIES):
            os.makedirs(f"{self.path}/d{directory}")
            for number in range(FILES):
                self.make(f"{self.path}/d{directory}/f{number}", number)
        subprocess.run(["tar", "cf", self.tar, "-C", home, "tree"], check=True)

    @staticmethod
    def make(path, number):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{path}\n" * (1 + number * 4))
        os.chmod(path, 0o644 if number % 3 else 0o755)
        os.utime(path, (1_500_000_000 + number, 1_600_000_000 + number))


class Programs(Place):
    """An export with the tree unpacked in t, behind a proxy."""

    def lay_out(self):
        self.tree = Tree(self.home)
        with Probe(self.url) as probe:
            probe("put", "warm", "w")
        self.unpack("t")

    def unpack(self, name):
        at = f"/n/{name}"
        return self.cost_of(f"mkdir {at} && tar xf {self.tree.tar} -C {at} --strip-components=1")

    def cost_of(self, script):
        """RPCs of a script, the agent fresh and knowing nothing."""
        self.forget()
        return self.run("sh", "-c", script)[1]["calls"]

    def same(self, script, name="t"):
        """The script does the same to the local tree as to the one on the server."""
        local = subprocess.run(["sh", "-c", script.format(self.tree.path)], text=True, check=True,
                               capture_output=True).stdout
        there = self.run("sh", "-c", script.format(f"/n/{name}"))[0]
        expect(local == there, f"{name} is not as it should be:\n{local[:300]}\n{there[:300]}")


def spent(calls, per_file, per_directory):
    most = per_file * FILES * DIRECTORIES + per_directory * (DIRECTORIES + 1) + SETTLING
    expect(calls <= most, f"{calls} RPCs, at most {most} were promised")


WHAT_STAT_SAYS = "cd {} && find . -type f -printf '%P %s %m %U %G %T@\\n' | sort"
CONTENT = "cd {} && find . -type f | sort | xargs cat | cksum"


def arrived(place, name):
    place.same(WHAT_STAT_SAYS, name)
    place.same(CONTENT, name)


def tar_x_is_two_a_file(place):
    spent(place.unpack("untarred"), 2, 5)
    arrived(place, "untarred")


def cp_a_to_the_server_is_two_a_file(place):
    spent(place.cost_of(f"cp -a {place.tree.path} /n/copied"), 2, 5)
    arrived(place, "copied")


def cp_a_on_the_server_is_three_a_file(place):
    spent(place.cost_of("cp -a /n/t /n/copied2"), 3, 6)
    arrived(place, "copied2")


def cp_a_from_the_server_is_one_a_file(place):
    spent(place.cost_of(f"cp -a /n/t {place.home}/back"), 1, 2)


def looking_through_a_tree_is_two_a_directory(place):
    for script in ("find /n/t", "find /n/t -size +1k", "ls -lR /n/t", "du -s /n/t"):
        spent(place.cost_of(f"{script} > /dev/null"), 0, 2)


def reading_all_files_is_one_a_file(place):
    spent(place.cost_of("grep -r no-such-word /n/t || true"), 1, 2)
    spent(place.cost_of(f"diff -r {place.tree.path} /n/t"), 1, 2)


def touch_is_three_a_file(place):
    spent(place.cost_of("mkdir /n/new && cd /n/new && touch $(seq 200)"), 3, 0)
    spent(place.cost_of("cd /n/new && touch *"), 3, 0)


def rm_r_is_one_a_file_and_two_a_directory(place):
    place.unpack("doomed")
    spent(place.cost_of("rm -r /n/doomed"), 1, 2)


def git_status_is_two_a_directory_and_its_opens(place):
    if not shutil.which("git"):
        return
    git = "git -C /n/t -c user.name=a -c user.email=a@b -c safe.directory='*'"
    place.run("sh", "-c", f"{git} init -q && {git} add . && {git} commit -qm all && {git} status")
    report = f"{place.home}/report"
    calls = place.cost_of(f"STRAIT_REPORT={report} {git} status")
    with open(report, encoding="utf-8") as file:
        opens = sum(map(int, re.findall(r"served (?:open|openat|fopen) (\d+)", file.read())))
    spent(calls - opens - GITS_OWN, 0, 2)


CLAIMS = [tar_x_is_two_a_file, cp_a_to_the_server_is_two_a_file,
          cp_a_on_the_server_is_three_a_file, cp_a_from_the_server_is_one_a_file,
          looking_through_a_tree_is_two_a_directory, reading_all_files_is_one_a_file,
          touch_is_three_a_file, rm_r_is_one_a_file_and_two_a_directory,
          git_status_is_two_a_directory_and_its_opens]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(hold(CLAIMS, Programs, *sys.argv[1:]))
