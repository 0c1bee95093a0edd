# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tracked files of a tree, and a finding about one of them."""
import os
import pathlib
import subprocess
from dataclasses import dataclass

CODE = {".cc", ".h", ".c", ".py", ".sh"}
CXX = {".cc", ".h", ".c"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = sorted(p for p in self._listed() if (self.root / p).is_file())

    def _listed(self):
        """What git tracks or would add; without git (an archive), what lies there less build/."""
        git = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached",
                              "--others", "--exclude-standard"],
                             cwd=self.root, capture_output=True, check=False)
        if git.returncode == 0 and (self.root / ".git").exists():
            return [p for p in git.stdout.decode().split("\0") if p]
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in ("build", ".git", ".cache", "__pycache__")]
            found += [os.path.relpath(os.path.join(folder, f), self.root) for f in files]
        return found

    def lines(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace").splitlines()

    def with_suffix(self, suffixes):
        return [p for p in self.paths if pathlib.PurePath(p).suffix in suffixes]

    def scripts(self):
        """Programs without a suffix, such as dev."""
        return [p for p in self.paths if "." not in os.path.basename(p)
                and (self.root / p).read_bytes()[:2] == b"#!"]
