#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts a server for a test that is no Python program.

  serve.py straitd EXPORT...            EXPORT as for straitd: NAME=BACKEND:ARG[,option...]
  serve.py ganesha NAME=FOLDER | NAME ...   a folder (FSAL VFS, needs root), or none (FSAL MEM)

The first line is `ready on ADDRESS:PORT PID`. It ends, and removes what it made, at end of input or
SIGTERM. Status 77: the server is not installed here.
"""
import signal
import sys

import servers


def start(kind, exports):
    if kind == "straitd":
        return servers.Straitd(exports)
    if not servers.GANESHA:
        print("nfs-ganesha is not installed here", flush=True)
        sys.exit(77)
    named = (export.partition("=") for export in exports)
    return servers.Ganesha({name: folder or None for name, _, folder in named})


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("straitd", "ganesha"):
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(0))
    with start(sys.argv[1], sys.argv[2:]) as server:
        print(f"ready on {server.where} {server.pid}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
