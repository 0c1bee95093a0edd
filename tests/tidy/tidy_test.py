# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checker itself: a good tree has no findings, and each bad example has the one it should."""
import pathlib
import shutil
import tempfile
import unittest

import docs
import includes
import tidy
from tree import Tree

LICENCE = "// SPDX-License-Identifier: LGPL-2.1-or-later\n"
HEADER = LICENCE + "#pragma once\n// What it is for.\n"
HERE = pathlib.Path(__file__).resolve().parent

GOOD = {
    "base/README.md": "# base\n",
    "base/errc.h": HEADER,
    "vfs/README.md": "# vfs\n",
    "vfs/node.h": HEADER + '\n#include "base/errc.h"\n',
    "wire/xdr/README.md": "# xdr\n",
    "wire/xdr/reader.h": HEADER,
    "wire/nfs4/README.md": "# nfs4\n",
    "wire/nfs4/lookup.h": HEADER + '\n#include "wire/xdr/reader.h"\n',
    "client/nfs4/README.md": "# nfs4\n",
    "client/nfs4/walk.cc": LICENCE + '#include "vfs/node.h"\n#include "wire/nfs4/lookup.h"\n',
}

# What is wrong, the file that is, its text, and words of the finding.
BAD = [
    ("base includes vfs", "base/up.cc", LICENCE + '#include "vfs/node.h"\n', "nothing of ours"),
    ("vfs uses a codec", "vfs/up.cc", LICENCE + '#include "wire/xdr/reader.h"\n', "may include"),
    ("a room in angle brackets", "base/up.cc", LICENCE + "#include <vfs/node.h>\n", "may include"),
    ("siblings in wire", "wire/smb/a.cc", LICENCE + '#include "wire/nfs4/lookup.h"\n', "siblings"),
    ("shared codec uses a protocol", "wire/xdr/up.cc", LICENCE + '#include "wire/nfs4/lookup.h"\n',
     "siblings"),
    ("shim includes vfs", "preload/open.cc", LICENCE + '#include "vfs/node.h"\n', "may include"),
    ("include not from the top", "vfs/a.cc", LICENCE + '#include "node.h"\n', "from the top"),
    ("licence line missing", "base/a.cc", "int a;\n", "first line"),
    ("#pragma once missing", "base/a.h", LICENCE + "// What.\n", "#pragma once"),
    ("header without its comment", "base/a.h", LICENCE + "#pragma once\nint a();\n", "comment"),
    ("CamelCase file", "base/FramePool.cc", LICENCE, "snake_case"),
    ("too long a file", "base/a.cc", LICENCE + "int a;\n" * 600, "the most is 600"),
    ("too long a line", "base/a.py", "# " + LICENCE[3:] + "# " + "x" * 99 + "\n", "101 columns"),
    ("a tab", "base/a.py", "# " + LICENCE[3:] + "\tpass\n", "a tab"),
    ("unfinished work", "base/a.cc", LICENCE + "// TO" "DO: more\n", "finish it"),
    ("folder without README", "reactor/a.cc", LICENCE, "README"),
    ("README longer than a screen", "base/README.md", "line\n" * 61, "at most 60"),
    ("new top-level entry", "utils/README.md", "# utils\n", "docs/decisions"),
    ("not formatted", "base/a.cc", LICENCE + "int  a ;\n", "./dev fmt"),
]


class TidyTest(unittest.TestCase):
    def setUp(self):
        self.room = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.room)
        shutil.copy(HERE.parent.parent / ".clang-format", self.room)
        for path, text in GOOD.items():
            self.write(path, text)

    def write(self, path, text):
        (self.room / path).parent.mkdir(parents=True, exist_ok=True)
        (self.room / path).write_text(text)

    def test_a_good_tree_has_no_findings(self):
        self.assertEqual([], list(map(str, tidy.findings(Tree(self.room)))))

    def test_each_bad_example_is_found(self):
        for name, path, text, words in BAD:
            with self.subTest(name):
                self.write(path, text)
                found = [str(f) for f in tidy.findings(Tree(self.room)) if f.path.startswith(
                    (path, path.split("/")[0] + "/README.md")) or f.path == path.split("/")[0]]
                self.assertTrue(any(words in line for line in found), found)
                (self.room / path).unlink()
                if path in GOOD:
                    self.write(path, GOOD[path])

    def test_only_straitd_names_backends_among_the_doors(self):
        self.assertIsNone(includes.refused("server/straitd/main.cc", "backend/memory/store.h"))
        self.assertIsNotNone(includes.refused("server/nfs4/ops.cc", "backend/memory/store.h"))

    def test_the_ring_door_may_use_vfs_and_the_shim_may_not(self):
        self.assertIsNone(includes.refused("preload/door/answer.cc", "vfs/node.h"))
        self.assertIsNotNone(includes.refused("preload/open.cc", "vfs/node.h"))

    def test_tests_may_include_every_room(self):
        self.assertIsNone(includes.refused("tests/interop/a.cc", "server/nfs4/ops.h"))

    def test_a_broken_link_in_a_manual_is_found(self):
        self.write("docs/a.md", "[b](b.md) and [base](../base/README.md#base)\n")
        self.assertEqual(["docs/a.md:1: broken link b.md"],
                         list(map(str, docs.broken_links(Tree(self.room)))))


if __name__ == "__main__":
    unittest.main()
