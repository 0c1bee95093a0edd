#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Errors of data that was stored into a mapping: munmap has nobody to tell, the next fsync, msync
or close of the file does, once."""
import sys
import unittest

import fixture
import servers

# A volume that is full: what was allocated stays writable, a hole does not become data.
SCRIPT = """
import errno, mmap, os
holes = os.open('/n/holes', os.O_RDWR | os.O_CREAT)
os.ftruncate(holes, 2 << 20)
filler = os.open('/n/filler', os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(filler, bytes(1 << 20))
        os.fsync(filler)
except OSError as full:
    print('filler', errno.errorcode[full.errno])
pages = mmap.mmap(holes, 2 << 20)
pages[:] = b'x' * (2 << 20)
pages.close()
for _ in range(2):
    try:
        os.{call}(holes)
        print('{call} done')
    except OSError as error:
        print('{call}', errno.errorcode[error.errno])
        if '{call}' == 'close': break
"""


class ErrorsTest(unittest.TestCase):
    def setUp(self):
        self.server = servers.Straitd(["x=memory:size=8m,no_root_squash"])
        self.agent = fixture.Agent(self.server.url("x"))

    def tearDown(self):
        self.agent.close()
        self.server.__exit__()

    def said(self, call):
        done = self.agent.run(sys.executable, "-c", SCRIPT.format(call=call))
        return done.stdout.splitlines(), done.stderr

    def test_what_munmap_could_not_write_fsync_tells_once(self):
        said, why = self.said("fsync")
        self.assertEqual(said, ["filler ENOSPC", "fsync ENOSPC", "fsync done"], why)

    def test_what_munmap_could_not_write_close_tells(self):
        said, why = self.said("close")
        self.assertEqual(said, ["filler ENOSPC", "close ENOSPC"], why)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
