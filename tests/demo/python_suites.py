# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's own tests (Debian's libpython3.11-testsuite) with their temporary files on a mount."""
import re

SUITES = ["test_os", "test_shutil", "test_io", "test_pathlib", "test_tempfile", "test_mmap",
          "test_subprocess"]


def command(folder, suite):
    """Runs in `folder`, made here and removed, which is also where temporary files go."""
    return ["bash", "-c", f"mkdir {folder} && cd {folder} || exit 99; export TMPDIR={folder}\n"
            f"LC_ALL=C.UTF-8 /usr/bin/python3 -m test -W --timeout 300 {suite}; outcome=$?\n"
            f"cd /; rm -rf {folder}; exit $outcome"]


def failures(status, output):
    """The tests that failed, by name; the whole suite when it ended otherwise."""
    found = set(re.findall(r"^(?:FAIL|ERROR): (\S+ \(\S+\))", output, flags=re.M))
    return found if found or status == 0 else {f"ended with {status}: {output[-200:]!r}"}
