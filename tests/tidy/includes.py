# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which folder may include which: the design's table, and siblings keep to themselves."""
import re

from tree import CXX, Finding

BELOW_VFS = {"vfs", "wire", "reactor", "base"}
EVERYTHING = None

# The folder to what it may include besides itself. The longest matching entry counts.
MAY_INCLUDE = {
    "base": set(),
    "wire": {"base"},
    "reactor": {"base"},
    "vfs": {"base"},
    "backend": BELOW_VFS,
    "client": BELOW_VFS,
    "asyncapi": {"client", "vfs", "reactor", "base"},
    "posix": {"asyncapi", "base"},
    "preload": {"posix", "wire/shm", "base"},
    "preload/door": BELOW_VFS,
    "fuse": BELOW_VFS,
    "server": BELOW_VFS,
    "server/straitd": BELOW_VFS | {"backend", "client", "server"},
    "tool": EVERYTHING,
    "tests": EVERYTHING,
    "bench": EVERYTHING,
    "docs": EVERYTHING,
}
ROOMS = {entry.split("/")[0] for entry in MAY_INCLUDE}

# In these rooms the subfolders are siblings, but for the ones named, which all of them may use.
SHARED_IN = {
    "wire": {"xdr", "rpc", "gss"},
    "backend": {"contract"},
    "client": {"url", "session", "rpc"},
    "server": {"rpc", "export", "admin", "metrics", "state"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def entry_of(path):
    """The table's entry that governs the file at `path`."""
    parts = path.split("/")
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in MAY_INCLUDE:
            return "/".join(parts[:length])
    return None


def within(path, folder):
    return path == folder or path.startswith(folder + "/")


def sibling_of(path):
    """(room, subfolder) where the file's subfolder is one of the room's siblings; else None."""
    parts = path.split("/")
    if len(parts) < 3 or parts[0] not in SHARED_IN or parts[1] in SHARED_IN[parts[0]]:
        return None
    return parts[0], parts[1]


def refused(path, target):
    """Why the file at `path` may not include the one at `target`; None when it may."""
    entry = entry_of(path)
    if entry is None or MAY_INCLUDE[entry] is EVERYTHING:
        return None
    allowed = MAY_INCLUDE[entry]
    room = path.split("/")[0]
    if not within(target, room) and not any(within(target, folder) for folder in allowed):
        words = ", ".join(sorted(allowed)) or "nothing of ours"
        return f"{entry}/ may include {words}; not {target}"
    theirs = sibling_of(target)
    if theirs and theirs[0] == room and entry != "server/straitd" and sibling_of(path) != theirs:
        return f"siblings never include each other: {target}"
    return None


def check(tree):
    known = set(tree.paths)
    by_public_name = {p.split("/include/", 1)[1]: p for p in tree.paths if "/include/" in p}
    for path in tree.with_suffix(CXX):
        for number, line in enumerate(tree.lines(path), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, target = match.groups()
            target = by_public_name.get(target, target)
            ours = target in known
            if quote == '"' and not ours and "// generated" not in line:
                yield Finding(path, number, f'"{target}" is not in the tree: includes are written '
                              "from the top of it (or end the line with // generated)")
            elif ours and (why := refused(path, target)):
                yield Finding(path, number, why)
