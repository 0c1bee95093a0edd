# SPDX-License-Identifier: LGPL-2.1-or-later
"""preload/shim/names.def, and the list of libc's names that need no entry there."""
import fnmatch
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "preload/shim/names.def")
EXPLAINED = os.path.join(HERE, "explained.txt")

# A name with one of these in it is taken for file-related until the list names it in full.
FILE_WORDS = re.compile(
    r"open|close|read|write|stat|link|dir|path|file|seek|fd|dup|chmod|chown|mode|umask|access|"
    r"rename|remove|mkdir|mknod|fifo|temp|tmp|cwd|root|mount|mnt|sync|trunc|alloc(?=64)|"
    r"fallocate|lock|xattr|attr|time[s]?at|utim|poll|select|glob|ftw|fts|scan|dent|splice|tee|"
    r"send|copy|pipe|fork|exec|spawn|mmap|map|aio|lio|notify|handle|tty|ioctl|fcntl|popen|exit$")


class Name:
    def __init__(self, family, kind, of):
        self.family, self.kind, self.of, self.versions = family, kind, of, set()


def table(path=TABLE):
    """{name: Name}; an alias' kind and family are those of what it stands for."""
    names, family = {}, ""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if found := re.match(r"FAMILY\((\w+)\)", line):
                family = found[1]
            elif found := re.match(r"([FPASRUV])\([^(]*?, (\w+), \(", line):
                names[found[2]] = Name(family, found[1], found[2])
            elif found := re.match(r"ALIAS\((\w+), (\w+)\)", line):
                names[found[2]] = Name(family, names[found[1]].kind, found[1])
            elif found := re.match(r'VERSION\((\w+), "([^"]*)"\)', line):
                names[found[1]].versions = set(found[2].split())
    return names


class Explained:
    """explained.txt: `[reason]`, then names and patterns for which it holds. A pattern covers names
    that look file-related only with a `!` after it."""

    def __init__(self, path=EXPLAINED):
        self.exact, self.patterns, self.sure = {}, [], []
        reason = None
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.split("#")[0].strip()
                if line.startswith("["):
                    reason = line.strip("[]")
                    continue
                for word in line.split():
                    if word.endswith("!"):
                        self.sure.append((word[:-1], reason))
                    elif "*" in word or "?" in word or "[" in word:
                        self.patterns.append((word, reason))
                    else:
                        self.exact[word] = reason

    def reason(self, name):
        """Why the name needs no entry, or None."""
        if name in self.exact:
            return self.exact[name]
        patterns = self.sure if FILE_WORDS.search(name) else self.sure + self.patterns
        return next((why for pattern, why in patterns if fnmatch.fnmatchcase(name, pattern)), None)
