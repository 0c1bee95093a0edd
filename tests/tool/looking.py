# SPDX-License-Identifier: LGPL-2.1-or-later
"""Verbs that only look."""
import json
import math
import os
import signal
import subprocess

import fixture
import servers
from fixture import Case


class Printing(Case):
    def test_cat_gives_the_bytes_of_small_and_large_files(self):
        for size in (0, 1, 4096, 262144, 262145, 9_000_001):
            content = os.urandom(size)
            self.put(self.there, f"f{size}", content)
            self.assertEqual(self.strait("cat", self.url(f"f{size}")).out, content)

    def test_cat_follows_links_and_goes_on_after_a_failure(self):
        self.put(self.there, "d/a", b"one")
        os.symlink("d/a", f"{self.there}/link")
        done = self.strait("cat", self.url("link"), self.url("none"), self.url("d/a"), status=1)
        self.assertEqual(done.out, b"oneone")
        self.assertIn("none: no such file or directory", done.err)

    def test_cat_from_nothing_takes_four_round_trips_with_the_connection(self):
        self.put(self.there, "a/b/c/d/e/file", b"x" * 4096)
        with servers.Proxy(fixture.SERVER.where) as proxy:
            done = self.strait("cat", "--stats", self.url("a/b/c/d/e/file", proxy))
            counts = proxy.counts()
        self.assertEqual(len(done.out), 4096)
        self.assertLessEqual(counts["connections"] + counts["calls"], 4, counts)
        self.assertIn("4 round trips: 1 connections, 3 RPCs", done.err)

    def test_cat_ends_like_others_when_its_reader_has_gone(self):
        self.put(self.there, "large", os.urandom(8 << 20))
        with subprocess.Popen([fixture.STRAIT, "cat", self.url("large")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            self.assertEqual(len(child.stdout.read(10)), 10)
            child.stdout.close()
            said = child.stderr.read()
            self.assertEqual(child.wait(60), -signal.SIGPIPE)
        self.assertEqual(said, b"")

    def test_trace_tells_operations_sizes_and_time(self):
        self.put(self.there, "f", b"x")
        err = self.strait("cat", "--trace", self.url("f")).err
        self.assertRegex(
            err, r"rpc \S+ SEQUENCE .*OPEN.*READ CLOSE  out \d+ B, in \d+ B, [\d.]+ ms")


class Listing(Case):
    def lines(self, text):
        """Without those of the folder and its parent: a server's links of a root are its own."""
        return [line for line in text.decode().split("\n")
                if not line.endswith((" .", " ..")) and not line.startswith("total")]

    def fill(self):
        self.put(self.there, "file", b"12345", 0o4755)
        self.put(self.there, ".hidden", b"1" * 100_000, 0o600)
        self.put(self.there, "with space", b"")
        self.put(self.there, "sub/below", b"x")
        os.mkdir(f"{self.there}/sticky")
        os.chmod(f"{self.there}/sticky", 0o1777)
        os.symlink("sub/below", f"{self.there}/link")
        os.symlink("nowhere", f"{self.there}/dangling")
        os.mkfifo(f"{self.there}/fifo")
        os.chown(f"{self.there}/file", 12345, 23456)
        os.utime(f"{self.there}/file", (1, 1))

    def test_ls_reads_as_the_local_one(self):
        self.fill()
        for flags in ((), ("-a",), ("-l",), ("-la",), ("-1",), ("-ln",)):
            ours = self.strait("ls", *flags, self.url()).out
            self.assertEqual(self.lines(ours), self.lines(self.local("ls", *flags, self.there)))

    def test_ls_of_files_and_of_directories_themselves(self):
        self.fill()
        self.assertEqual(self.strait("ls", self.url("file")).out, f"{self.url('file')}\n".encode())
        self.assertEqual(self.strait("ls", "-d", self.url("sub")).out,
                         f"{self.url('sub')}\n".encode())

    def test_ls_of_a_tree_names_each_directory(self):
        self.fill()
        ours = self.strait("ls", "-R", self.url()).out.decode()
        here = self.local("ls", "-R", self.there).decode()
        self.assertEqual(ours, here.replace(self.there, self.url()))

    def test_ls_json_holds_what_lstat_knows(self):
        self.fill()
        lines = self.strait("ls", "-a", "--json", self.url()).out.splitlines()
        found = {each["name"]: each for each in map(json.loads, lines)}
        for name in os.listdir(self.there):
            known = os.lstat(f"{self.there}/{name}")
            self.assertEqual(found[name]["size"], known.st_size, name)
            self.assertEqual(int(found[name]["mode"], 8), known.st_mode & 0o7777, name)
            self.assertEqual(found[name]["uid"], known.st_uid, name)
        self.assertEqual(found["link"]["target"], "sub/below")

    def test_a_thousand_entries_with_attributes_come_in_as_many_rpcs_as_fill_replies(self):
        for number in range(1000):
            self.put(self.there, f"entry{number}", b"")
        with servers.Proxy(fixture.SERVER.where) as proxy:
            out = self.strait("ls", "-l", self.url("", proxy)).out
            counts = proxy.counts()
        self.assertEqual(len(out.splitlines()), 1001)
        replies = math.ceil(counts["bytes_down"] / 131072)
        self.assertLessEqual(counts["calls"], 2 + replies + 1, counts)

    def test_completion_offers_what_a_url_could_go_on_with(self):
        self.fill()
        out = self.strait("ls", "--complete", self.url("s")).out.decode().split()
        self.assertEqual(sorted(out), sorted([self.url("sub") + "/", self.url("sticky") + "/"]))


class Telling(Case):
    def test_stat_knows_what_lstat_knows(self):
        path = self.put(self.there, "file", b"12345")
        os.symlink("file", f"{self.there}/link")
        for name, follow, known in (("file", (), os.lstat(path)), ("link", ("-L",), os.stat(path)),
                                    ("link", (), os.lstat(f"{self.there}/link"))):
            found = json.loads(self.strait("stat", "--json", *follow, self.url(name)).out)
            self.assertEqual(found["size"], known.st_size)
            self.assertEqual(found["nlink"], known.st_nlink)
            self.assertTrue(found["mtime"].endswith(f"{known.st_mtime_ns % 10**9:09}Z"))
        self.assertIn("regular file", self.strait("stat", self.url("file")).out.decode())

    def test_df_knows_what_statvfs_knows(self):
        found = json.loads(self.strait("df", "--json", self.url()).out)
        known = os.statvfs(self.there)
        self.assertEqual(found["total"], known.f_blocks * known.f_frsize)
        self.assertIn(self.url(), self.strait("df", "-h", self.url()).out.decode())

    def test_a_refusal_reads_as_three_lines(self):
        self.put(self.there, "secret", b"", 0o600)
        err = self.strait("cat", self.url("secret"), "-o", "uid=4321,gid=4321", status=1).err
        first, second, third = err.splitlines()
        self.assertEqual(first, f"strait: read {self.url('secret')}: permission denied")
        self.assertEqual(second, f"  server {fixture.SERVER.where} answered NFS4ERR_ACCESS to OPEN "
                                 "(vers=4.2, sec=sys, uid 4321)")
        self.assertTrue(third.startswith("  the export may squash or refuse this user"))

    def test_exit_statuses_tell_usage_from_connection_from_failure(self):
        with servers.nobody() as where:
            err = self.strait("ls", f"nfs://{where}/x", status=3).err
        self.assertIn("nothing listens there", err)
        self.strait("ls", self.url("none"), status=1)
        self.assertIn("sponge=1", self.strait("ls", self.url() + "?sponge=1", status=2).err)
        self.strait("ls", "--sponge", self.url(), status=2)
        self.strait("ls", "/tmp", status=2)
        self.strait("--version")
        for verb in "run ls cat cp rm mkdir stat df bench doctor completion".split():
            self.strait(verb, "--help")

    def test_a_silent_server_is_given_up_in_time(self):
        with servers.socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"nfs://127.0.0.1:{silent.getsockname()[1]}/x"
            err = self.strait("ls", "--timeout", "0.3", url, status=3).err
        self.assertIn("timed out", err)

    def test_doctor_finds_a_well_server_well_and_a_missing_one_missing(self):
        lines = self.strait("doctor", "--json", self.url()).out.splitlines()
        found = {each["what"]: each["health"] for each in map(json.loads, lines)}
        self.assertNotIn("fail", found.values())
        self.assertIn(found.pop("round trip"), ("ok", "warn"))  # a busy machine is a slow network
        for what in ("connection", "NFSv4.2", "NFSv4.1", "session", "path", "rights"):
            self.assertEqual(found[what], "ok", what)
        with servers.nobody() as where:
            out = self.strait("doctor", f"nfs://{where}/x", status=3).out
        self.assertIn(b"fail  connection", out)

    def test_doctor_tells_an_ordinary_user_what_is_not_permitted(self):
        os.chmod(self.there, 0o700)
        out = self.strait("doctor", "-o", "uid=4321,gid=4321", self.url(), status=1).out
        self.assertIn(b"fail  rights        uid 4321 may not read, not write", out)

    def test_completion_scripts_are_scripts(self):
        self.local("bash", "-n", input=self.strait("completion", "bash").out)
        self.assertIn(b"compdef", self.strait("completion", "zsh").out)
        self.assertIn(b"complete -c strait", self.strait("completion", "fish").out)
