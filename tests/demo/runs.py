# SPDX-License-Identifier: LGPL-2.1-or-later
"""One user's programs, on the local disk and then on each server: is the result the same?"""
import difflib
import json
import os
import shutil
import time

import compare
import day
import inputs
import python_suites
from programs import KEEPS_NO_SYMLINK_TIMES, PROGRAMS, normal
from user import strait_for

ROW = "  {:26} {:>4}  {:5} {:>8} {:>8} {:>8}"
PROGRAM_SECONDS = 600


class Runs:
    """`results`: (program, title of the server) to "" (the same), or what differs. `wrong`: the
    same in words, without what is known of the server."""

    def __init__(self, user, work, folder_of_inputs, thorough):
        self.user, self.work = user, work
        self.archive, self.sums = f"{work}/tree.tar", f"{work}/sums"
        self.inputs = user.env["IN"] = self.readable(folder_of_inputs)
        self.thorough, self.suites = thorough, python_suites.SUITES if thorough else []
        self.strait = strait_for(user, work)
        self.programs, self.local, self.results, self.wrong = [], {}, {}, []
        self.large_done = False

    def readable(self, folder):
        """The inputs, where the user may read them."""
        if self.user.run(["test", "-r", f"{folder}/many.bundle"]).returncode == 0:
            return folder
        os.makedirs(f"{self.work}/inputs")
        for name in os.listdir(folder):
            if not name.startswith("."):
                shutil.copy(f"{folder}/{name}", f"{self.work}/inputs")
        return f"{self.work}/inputs"

    def timed(self, argv, cwd="/"):
        began = time.monotonic()
        run = self.user.run(argv, cwd, PROGRAM_SECONDS)
        return run.returncode, run.stdout, time.monotonic() - began

    def run_locally(self, word=""):
        """What each program says and leaves, and how long it takes, on the local disk."""
        folder = self.user.own(f"{self.work}/local")
        for name, text in PROGRAMS if not word else []:
            shell = ["sh", "-c", text.format(archive=self.archive, sums=self.sums)]
            self.local[name] = self.timed(shell, folder)
            if name == "tar -x":
                self.write_sums(folder)
        for number, (name, text) in enumerate(day.CASES + day.LARGE):
            if word not in name:
                continue
            if missing := inputs.missing(self.inputs, text):
                print(f"  {name}: left out, there is no {missing}")
                continue
            self.programs.append((name, text))
            self.local[name] = self.run_case([], f"{folder}/{number}", text)
        for suite in (suite for suite in self.suites if word in suite):
            self.local[suite] = self.run_suite([], f"{folder}/{suite}", suite)

    def write_sums(self, folder):
        text = "cd tree && find . -type f -print0 | sort -z | xargs -0 sha256sum"
        with open(self.sums, "w", encoding="utf-8") as file:
            file.write(self.user.run(["sh", "-c", text], folder).stdout)

    def run_case(self, start, folder, text):
        """(status, output, seconds, RPCs, the tree that is left) in a new folder."""
        before = self.rpcs()
        status, output, took_s = self.timed(start + compare.in_folder(folder, text))
        rpcs = self.rpcs() - before
        left = f"cd {folder} && {compare.LISTING}; cd / && rm -rf {folder}"
        tree = self.user.run(start + ["bash", "-c", left])
        status, output = compare.normal((status, output), folder)
        return status, output, took_s, rpcs, (tree.returncode, tree.stdout)

    def run_suite(self, start, folder, suite):
        """(status, tests that failed, seconds, RPCs)."""
        before = self.rpcs()
        status, output, took_s = self.timed(start + python_suites.command(folder, suite))
        return status, python_suites.failures(status, output), took_s, self.rpcs() - before

    def rpcs(self):
        run = self.user.run([self.strait, "stats", "--json"])
        return json.loads(run.stdout)["rpcs"] if run.returncode == 0 else 0

    def run_on(self, title, url):
        print(f"\n{title}   {url}")
        print(ROW.format("program", "exit", "same", "local s", "here s", "RPCs"))
        start = [self.strait, "run", "-m", f"/n={url}", "--"]
        for name, text in PROGRAMS:
            if name in self.local:
                self.run_on_the_tree(title, start, name, text)
        for number, (name, text) in enumerate(self.programs):
            if (name, text) in day.LARGE and self.large_done and not self.thorough:
                continue
            here = self.run_case(start, f"/n/{number}", text)
            there = self.local[name]
            found = [*compare.differences(there[:2], here[:2]),
                     *compare.differences(there[4], here[4])]
            self.tell(title, name, here[0], there[2], here[2], here[3], found)
        for suite in self.suites:
            if suite in self.local:
                here, there = self.run_suite(start, f"/n/{suite}", suite), self.local[suite]
                found = [f"      {test}" for test in sorted(here[1] - there[1])]
                self.tell(title, suite, here[0], there[2], here[2], here[3], found)
        self.large_done = True
        self.user.run([self.strait, "agent", "stop"])

    def run_on_the_tree(self, title, start, name, text):
        symlink_times = KEEPS_NO_SYMLINK_TIMES not in title
        text = "cd /n && " + text.format(archive=self.archive, sums=self.sums)
        before = self.rpcs()
        status, output, took_s = self.timed(start + ["sh", "-c", text])
        wanted_status, wanted, local_s = self.local[name]
        wanted, output = (normal(name, text, symlink_times) for text in (wanted, output))
        found = [] if status == wanted_status else [f"      exit status {status}"]
        if output != wanted:
            found += difference(wanted, output)
        self.tell(title, name, status, local_s, took_s, self.rpcs() - before, found)

    def tell(self, title, name, status, local_s, here_s, rpcs, found):
        known = day.known(title, name) if found else None
        same = "yes" if not found else "known" if known else "NO"
        print(ROW.format(name, status, same, f"{local_s:.2f}", f"{here_s:.2f}", rpcs), flush=True)
        self.results[name, title] = known or (found[0].strip() if found else "")
        if found and not known:
            self.wrong.append(f"{name} on {title}" + (" as root" if self.user.uid == 0 else ""))
            for line in found[:12]:
                print("      " + line.strip()[:150])


def difference(wanted, output):
    lines = difflib.unified_diff(wanted.split("\n")[:20000], output.split("\n")[:20000], "local",
                                 "here", lineterm="", n=0)
    return [line for line, _ in zip(lines, range(12))]
