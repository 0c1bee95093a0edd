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
    """One client program on one server. `server` tells its processor time."""

    def __init__(self, name, server, command, cannot=frozenset()):
        self.name, self.server, self.where, self.command = name, server, server.where, command
        self.cannot = cannot  # (kind, depth): what this client fails at
        self.child = None

    def through(self, proxy):
        """The same, connected by way of the proxy."""
        other = Subject(self.name, self.server, self.command)
        other.where = proxy.where
        return other

    def start(self):
        self.child = subprocess.Popen(self.command(self.where), stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, bufsize=1)
        return self

    def order(self, words):
        """One round; None when the client cannot do this kind (it says why on stderr)."""
        if not self.child or self.child.poll() is not None:
            self.start()
        before = self.server.cpu_s()
        try:
            self.child.stdin.write(words + "\n")
            line = self.child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.child.wait()
            return None
        cost = json.loads(line)
        cost["server_cpu_s"] = self.server.cpu_s() - before
        return cost

    def stop(self):
        if self.child:
            self.child.stdin.close()
            self.child.stdout.close()
            self.child.wait()
            self.child = None


def libnfs(server, version, export):
    def command(where):
        host, port = where.rsplit(":", 1)
        options = f"version={version}&nfsport={port}"
        if version == 3:
            options += f"&mountport={server.mount_port}"
        return [os.path.join(servers.BIN, "bench_libnfs"), host, export, options]
    return command


def strait(export):
    def command(where):
        # An answer from what is remembered is no round trip: the attribute cache is off.
        return [os.path.join(servers.BIN, "bench_strait"), f"nfs://{where}/{export}?actimeo=0"]
    return command
