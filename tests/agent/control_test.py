#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever line the agent is sent, and whatever bytes a user's mounts are made of: it answers with
one line of JSON and goes on for everybody else."""
import glob
import json
import os
import re
import socket
import struct
import unittest

import fixture
import servers

MAGIC, CONTROL = 0x53545254, 2  # shm::Hello of wire/shm/protocol.h
with open(os.path.join(fixture.TOP, "wire/shm/protocol.h"), encoding="utf-8") as header:
    VERSION = int(re.search(r"uint32_t version = (\d+);", header.read())[1])


class ControlTest(unittest.TestCase):
    def setUp(self):
        self.server = servers.Straitd(["x=memory:mode=0777,no_root_squash"])
        self.agent = fixture.Agent(self.server.url("x"))
        self.assertEqual(self.agent.bash("echo kept > /n/f").returncode, 0)
        self.pid = self.agent.status()["pid"]

    def tearDown(self):
        self.agent.close()
        self.server.__exit__()

    def still_there(self):
        self.assertEqual(self.agent.status()["pid"], self.pid)
        self.assertEqual(self.agent.run("cat", "/n/f").stdout, "kept\n")

    def answer(self, line):
        """None: it hung up."""
        (path,) = glob.glob(f"{self.agent.folder}/agent-*.sock")
        with socket.socket(socket.AF_UNIX) as talk:
            talk.connect(path)
            # All at once: whoever has heard enough answers and hangs up.
            head = struct.pack("=IIIIQII", MAGIC, VERSION, CONTROL, len(line), 0, 0, 0)
            talk.sendall(head + line)
            said = b"".join(iter(lambda: talk.recv(4096), b""))
        return json.loads(said) if said else None

    def refused(self, line):
        told = self.answer(line)
        self.assertIs(told["ok"], False, (line, told))
        self.assertTrue(told["error"], (line, told))

    def test_lines_that_make_no_sense_are_refused(self):
        for word in (b"reach", b"host"):
            for line in (b"", b"{", b"[]", b"7", b'"x"', b"null", b"\xff", b"{}",
                         b'{"namespaces":7}', b'{"namespaces":"","url":[]}'):
                self.refused(word + b" " + line)
        self.refused(b"")
        self.refused(b"no such word")
        self.refused(b"check \xff\xfe")
        self.still_there()

    def test_a_mount_is_hosted_on_what_is_a_fuse_device_only(self):
        ours = "".join(os.readlink(f"/proc/self/ns/{each}") for each in ("user", "mnt"))
        good = {"url": self.agent.url, "directory": "/", "options": [], "namespaces": ours}
        for change in ({}, {"url": 7}, {"directory": {}}, {"options": "x"}, {"options": [7]},
                       {"options": ["no_such_option=1"]}, {"url": "no url"}, {"url": "\0"}):
            self.refused(b"host " + json.dumps(good | change).encode())
        self.still_there()

    def test_mounts_whose_names_are_no_text_are_refused_and_told_of(self):
        url = b"nfs://127.0.0.1:1/\xff"
        done = self.agent.strait("run", "-m", os.fsdecode(b"/m=" + url), "--", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn("connection refused", done.stderr)
        done = self.agent.strait("mount", "--agent", os.fsdecode(url), self.agent.home)
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.stderr)
        self.still_there()


if __name__ == "__main__":
    unittest.main(warnings="ignore")
