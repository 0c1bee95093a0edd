# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks every relative link in the tree's Markdown pages. usage: docs.py [--list]

--list prints the pages with their titles as well.
"""
import os
import re
import sys

from tree import Finding, Tree

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")


def pages(tree):
    return tree.with_suffix({".md"})


def prose(tree, path):
    """(number, line) of a page less what stands in fences and code spans."""
    fenced = False
    for number, line in enumerate(tree.lines(path), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, re.sub(r"`[^`]*`", "", line)


def broken_links(tree):
    for path in pages(tree):
        for number, line in prose(tree, path):
            for target in LINK.findall(line):
                if re.match(r"[a-z]+:", target) or target.startswith("#"):
                    continue
                there = tree.root / os.path.dirname(path) / target.split("#")[0]
                if not there.exists():
                    yield Finding(path, number, f"broken link {target}")


def title(tree, path):
    return next((line.lstrip("# ") for line in tree.lines(path) if line.startswith("#")), "")


def main(arguments):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    tree = Tree(root)
    if "--list" in arguments:
        for path in pages(tree):
            print(f"{path:48} {title(tree, path)}")
    found = list(broken_links(tree))
    for finding in found:
        print(finding)
    print(f"docs: {len(pages(tree))} pages; {len(found)} broken links")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
