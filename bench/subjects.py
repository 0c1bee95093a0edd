# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who is measured against whom: the servers with their folders, and the clients on them."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/lib"))
import servers  # noqa: E402 (the path above)

DATA_BYTES = 64 << 20
DEEP_FILES = 1000
DEEP = "a/b/c/d/e"
# Debian's libnfs 4.0: "ZDR error: Failed to encode COMPOUND4args", NFS4ERR_BAD_STATEID.
LIBNFS4_CANNOT = {("write_1m", 1), ("write_1m", 8), ("create_write_close", 1),
                  ("open_read_close", 64)}


def lay_out(folder):
    """The files that bench/client.h names."""
    os.makedirs(f"{folder}/{DEEP}")
    block = os.urandom(1 << 20)
    for name in ("data", "out"):
        with open(f"{folder}/{name}", "wb") as file:
            for _ in range(DATA_BYTES // len(block)):
                file.write(block)
    for number in range(DEEP_FILES):
        with open(f"{folder}/{DEEP}/f{number:04}", "wb") as file:
            file.write(block[:4096])


class Subject:
    """One client program on one server. `command(where, kind)` is its argv: kinds with the same
    one share a process. `server` tells its processor time."""

    def __init__(self, name, server, command, cannot=frozenset()):
        self.name, self.server, self.where, self.command = name, server, server.where, command
        self.cannot = cannot  # (kind, depth): what this client fails at
        self.children = {}

    def through(self, proxy):
        """The same, connected by way of the proxy."""
        other = Subject(self.name, self.server, self.command)
        other.where = proxy.where
        return other

    def child(self, kind):
        argv = tuple(self.command(self.where, kind))
        child = self.children.get(argv)
        if not child or child.poll() is not None:
            child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True, bufsize=1)
            self.children[argv] = child
        return child

    def order(self, words):
        """One round; None when the client cannot do this kind (it says why on stderr)."""
        child = self.child(words.split()[0])
        before = self.server.cpu_s()
        try:
            child.stdin.write(words + "\n")
            line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            child.wait()
            return None
        cost = json.loads(line)
        cost["server_cpu_s"] = self.server.cpu_s() - before
        return cost

    def stop(self):
        for child in self.children.values():
            child.stdin.close()
            child.stdout.close()
            child.wait()
        self.children = {}


def libnfs(server, version, export):
    def command(where, _):
        host, port = where.rsplit(":", 1)
        options = f"version={version}&nfsport={port}"
        if version == 3:
            options += f"&mountport={server.mount_port}"
        return [os.path.join(servers.BIN, "bench_libnfs"), host, export, options]
    return command


def strait(export):
    def command(where, kind):
        # A stat that is answered from what is remembered is no operation of a server.
        options = "?actimeo=0" if kind == "stat" else ""
        return [os.path.join(servers.BIN, "bench_strait"), f"nfs://{where}/{export}{options}"]
    return command
