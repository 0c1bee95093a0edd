# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verbs that change something."""
import os
import signal
import subprocess

import fixture
from fixture import Case

# Everything but the names' folder, inode numbers and link counts of directories.
FACTS = "%P\\t%y\\t%m\\t%U:%G\\t%T@\\t%l\\n"
# nfs-ganesha says yes to a link's time and does not set it.
FACTS_OF_LINKS = "%P\\t%U:%G\\t%l\\n"


class Copying(Case):
    def tree(self, folder):
        self.put(folder, "t/small", b"small")
        self.put(folder, "t/empty", b"", 0o600)
        self.put(folder, "t/run", b"#!/bin/sh\n", 0o755)
        self.put(folder, "t/large", os.urandom(3_000_001))
        self.put(folder, "t/a/b/c/deep", b"deep")
        self.put(folder, "t/odd name é 'x'", b"odd")
        for number in range(100):
            self.put(folder, f"t/many/{number}", b"%d" % number)
        os.symlink("a/b", f"{folder}/t/link")
        os.symlink("nowhere", f"{folder}/t/dangling")
        with open(f"{folder}/t/sparse", "wb") as file:
            file.truncate(20 << 20)
            file.seek(10 << 20)
            file.write(b"island")
        os.chown(f"{folder}/t/small", 1234, 2345)
        os.utime(f"{folder}/t/small", (1e9, 1e9))
        os.utime(f"{folder}/t/a/b", (1e9, 1e9))

    def facts(self, folder):
        links = FACTS if fixture.KIND == "straitd" else FACTS_OF_LINKS
        found = self.local("find", ".", "-mindepth", "1", "(", "-type", "l", "-printf", links, ")",
                           "-o", "-printf", FACTS, cwd=folder)
        return sorted(found.splitlines())

    def same(self, one, other):
        self.local("diff", "-r", "--no-dereference", one, other)
        self.assertEqual(self.facts(one), self.facts(other))

    def test_a_tree_copied_there_and_back_is_the_same_tree(self):
        self.tree(self.here)
        self.strait("cp", "-r", "-p", f"{self.here}/t", self.url("t"))
        self.same(f"{self.here}/t", f"{self.there}/t")
        self.strait("cp", "-rp", self.url("t"), f"{self.here}/back")
        self.same(f"{self.here}/t", f"{self.here}/back")
        for copy in (f"{self.there}/t", f"{self.here}/back"):
            self.assertLess(os.stat(f"{copy}/sparse").st_blocks * 512, 1 << 20)

    def test_a_tree_copied_on_the_server_is_the_same_tree(self):
        self.tree(self.there)
        self.strait("cp", "-r", "-p", self.url("t"), self.url("u"))
        self.same(f"{self.there}/t", f"{self.there}/u")

    def test_new_files_get_the_mode_that_cp_gives(self):
        self.put(self.here, "f", b"x", 0o666)
        self.put(self.here, "g", b"x" * 1_000_000, 0o777)
        self.strait("cp", f"{self.here}/f", f"{self.here}/g", self.url(), umask=0o027)
        self.assertEqual(os.stat(f"{self.there}/f").st_mode & 0o7777, 0o640)
        self.assertEqual(os.stat(f"{self.there}/g").st_mode & 0o7777, 0o750)

    def test_into_a_directory_and_onto_a_name(self):
        self.put(self.here, "f", b"new")
        self.put(self.there, "d/f", b"old", 0o640)
        self.strait("cp", f"{self.here}/f", self.url("d"))
        self.assertEqual(self.get(self.there, "d/f"), b"new")
        self.assertEqual(os.stat(f"{self.there}/d/f").st_mode & 0o7777, 0o640)
        self.strait("cp", self.url("d/f"), f"{self.here}/named")
        self.assertEqual(self.get(self.here, "named"), b"new")
        self.assertEqual(os.listdir(f"{self.there}/d"), ["f"])

    def test_through_a_link_the_file_is_replaced_not_the_link(self):
        self.put(self.there, "real", b"old")
        os.symlink("real", f"{self.there}/link")
        self.put(self.here, "f", b"new")
        self.strait("cp", f"{self.here}/f", self.url("link"))
        self.assertTrue(os.path.islink(f"{self.there}/link"))
        self.assertEqual(self.get(self.there, "real"), b"new")

    def test_standard_input_and_output(self):
        content = os.urandom(2_500_000)
        self.strait("cp", "-", self.url("f"), input=content)
        self.assertEqual(self.get(self.there, "f"), content)
        self.assertEqual(self.strait("cp", self.url("f"), "-").out, content)

    def test_what_cannot_be_copied_is_told_and_the_rest_is_copied(self):
        self.put(self.there, "t/yes", b"1")
        self.put(self.there, "t/no", b"2", 0o600)
        self.put(self.there, "t/z", b"3")
        done = self.strait("cp", "-r", "-o", "uid=4321,gid=4321", self.url("t"),
                           f"{self.here}/t", status=1)
        self.assertEqual(sorted(os.listdir(f"{self.here}/t")), ["yes", "z"])
        self.assertIn(f"copy {self.url('t/no')}: permission denied", done.err)
        self.strait("cp", self.url("t"), f"{self.here}/u", status=1)
        self.strait("cp", "-r", self.url("t"), self.url("t/inside"), status=1)
        self.strait("cp", self.url("t/yes"), self.url("t/yes"), status=1)
        self.assertEqual(self.get(self.there, "t/yes"), b"1")
        self.strait("cp", self.url("t/yes"), self.url("t/z"), f"{self.here}/none", status=1)

    def test_interrupted_it_leaves_nothing_half_done(self):
        self.put(self.there, "f", b"old")
        with subprocess.Popen([fixture.STRAIT, "cp", "--trace", "-", self.url("f")],
                              stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            child.stdin.write("half of it")
            child.stdin.flush()
            while "OPEN" not in child.stderr.readline():
                self.assertIsNone(child.poll())
            child.send_signal(signal.SIGINT)
            child.stderr.read()
            self.assertEqual(child.wait(60), 130)
        self.assertEqual(os.listdir(self.there), ["f"])
        self.assertEqual(self.get(self.there, "f"), b"old")

    def test_no_bar_where_there_is_no_terminal(self):
        self.put(self.here, "f", b"x")
        done = self.strait("cp", "--progress", "-v", f"{self.here}/f", self.url("g"))
        self.assertEqual(done.err, "")
        self.assertEqual(done.out.decode(), f"{self.here}/f -> {self.url('g')}\n")


class Removing(Case):
    def test_rm_of_files_and_trees(self):
        self.put(self.there, "f")
        for number in range(50):
            self.put(self.there, f"t/a{number % 5}/f{number}")
        os.symlink("..", f"{self.there}/t/up")
        self.strait("rm", self.url("f"))
        self.assertIn("is a directory", self.strait("rm", self.url("t"), status=1).err)
        self.strait("rm", "-r", self.url("t"))
        self.assertEqual(os.listdir(self.there), [])
        self.strait("rm", self.url("f"), status=1)
        self.strait("rm", "-f", self.url("f"))

    def test_rm_of_the_servers_root_is_refused(self):
        err = self.strait("rm", "-r", fixture.SERVER.url("/"), status=1).err
        self.assertIn("invalid argument", err)

    def test_rm_goes_on_after_a_failure_and_tells_it(self):
        self.put(self.there, "t/locked/f")
        self.put(self.there, "t/open/g")
        for folder in ("t", "t/open"):
            os.chmod(f"{self.there}/{folder}", 0o777)
        done = self.strait("rm", "-r", "-o", "uid=4321,gid=4321", self.url("t"), status=1)
        self.assertEqual(os.listdir(f"{self.there}/t"), ["locked"])
        self.assertIn("t/locked/f: permission denied", done.err)


class Making(Case):
    def test_mkdir_with_parents_and_mode(self):
        self.strait("mkdir", self.url("a"), umask=0o027)
        self.assertEqual(os.stat(f"{self.there}/a").st_mode & 0o7777, 0o750)
        self.strait("mkdir", "-m", "700", self.url("b"))
        self.assertEqual(os.stat(f"{self.there}/b").st_mode & 0o7777, 0o700)
        self.strait("mkdir", self.url("a"), status=1)
        self.strait("mkdir", self.url("c/d"), status=1)
        self.strait("mkdir", "-p", self.url("a"), self.url("a/b/c/d"))
        self.assertTrue(os.path.isdir(f"{self.there}/a/b/c/d"))
        self.put(self.there, "file")
        self.strait("mkdir", "-p", self.url("file/x"), status=1)

    def test_bench_prints_its_rows_and_leaves_nothing(self):
        out = self.strait("bench", "--seconds", "0.2", "--size", "2", "--files", "20",
                          self.url()).out.decode()
        for row in ("stat", "open+read 4 KiB+close", "read 4 KiB anywhere, 64 at once",
                    "read 1 MiB, in order"):
            self.assertRegex(out, rf"(?m)^{row.replace('+', '[+]')} +\d+ ")
        self.assertEqual(os.listdir(self.there), [])
