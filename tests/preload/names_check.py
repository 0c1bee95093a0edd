#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds preload/shim/names.def against a libc's exports.

usage: names_check.py [--libc FILE] [--shim FILE] [--list]
Status 1: libc exports a file-related name, or a version of one, that neither the table nor
explained.txt knows; or the shim exports or needs what it should not.
"""
import argparse
import collections
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from libc_exports import Library
from names_table import Explained, table

# The first version of each machine's libc: older ones of other machines are this one there.
FIRST = {"x86_64": "2.2.5", "aarch64": "2.17"}
# Exported by hand: they are variadic.
BY_HAND = {"execl", "execle", "execlp", "la_version", "la_objsearch"}
# The shim hands memory of libc's to programs only where libc's function does so by contract.
ALLOCATION = {"malloc", "calloc", "realloc", "free", "strdup"}
CPP = re.compile(r"^_Z|^__cxa_|^__gxx|^_Unwind|^__dynamic_cast|^__clang_call")


def libc_path():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            if re.search(r"/libc\.so\.6$|/libc-[\d.]+\.so$", line.strip()):
                return line.split()[-1]
    raise SystemExit("names_check: this Python has no glibc; name one with --libc")


def number(version):
    return [int(each) for each in version.split(".") if each.isdigit()]


def known_versions(name, machine):
    """Of a table's entry on this machine, as its libc spells them."""
    first = FIRST[machine]
    given = name.versions or {FIRST["x86_64"]}
    return {each if each == "PRIVATE" or number(each) >= number(first) else first
            for each in given}


def unknown_names(exports, names, explained):
    return [f"{each}: in neither names.def nor explained.txt" for each in sorted(exports)
            if each not in names and explained.reason(each) is None]


def unknown_versions(exports, names, machine):
    complaints = []
    for each in sorted(set(exports) & set(names)):
        found = {version.removeprefix("GLIBC_") for version in exports[each]}
        if more := found - known_versions(names[each], machine):
            complaints.append(f"{each}: version {' '.join(sorted(more))} is not in names.def")
    return complaints


def wrong_exports(shim, names):
    exports = set(shim.exports())
    return ([f"the shim exports {each}, which is not in names.def"
             for each in sorted(exports - set(names) - BY_HAND)] +
            [f"the shim does not export {each}" for each in sorted(set(names) - exports)])


def wrong_needs(shim):
    return ([f"the shim needs the C++ runtime's {each}" for each in shim.imports()
             if CPP.search(each)] +
            [f"the shim needs {each}, an allocation beyond those it may use"
             for each in shim.imports() if re.search("alloc|_dl_|dlsym|dlopen", each) and
             each not in ALLOCATION] +
            [f"the shim is linked to {each}" for each in shim.needed()
             if not re.match(r"libc\.so|ld-linux", each)])


def print_counts(exports, names, explained):
    families = collections.Counter(each.family for each in names.values())
    for family, count in families.items():
        print(f"{family:12} {count:4} names")
    reasons = collections.Counter(explained.exact.get(each) for each in exports
                                  if each in explained.exact and each not in names)
    related = len(set(names) & set(exports))
    print(f"table: {len(names)} names, {related} of them exported here; the {len(exports)} exports "
          f"hold {sum(reasons.values())} more that look file-related or are named one by one, and "
          "need no entry:")
    for reason, count in reasons.most_common():
        print(f"  {count:4} {reason}")


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--libc", help="a libc.so.6; without it the one this Python runs on")
    options.add_argument("--shim", help="libstrait_preload.so: its symbols are checked, too")
    options.add_argument("--list", action="store_true", help="print each name and its reason")
    options.add_argument("--machine", default=os.uname().machine)
    given = options.parse_args()
    exports = Library(given.libc or libc_path()).exports()
    names, explained = table(), Explained()
    if given.list:
        for each in sorted(exports):
            entry = names.get(each)
            print(each, f"{entry.family}/{entry.kind}" if entry else explained.reason(each))
        return 0
    complaints = unknown_names(exports, names, explained)
    complaints += unknown_versions(exports, names, given.machine)
    if given.shim:
        shim = Library(given.shim)
        complaints += wrong_exports(shim, names) + wrong_needs(shim)
    print_counts(exports, names, explained)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
