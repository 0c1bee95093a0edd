# SPDX-License-Identifier: LGPL-2.1-or-later
"""straitd, nfs-ganesha and the counting proxy as children with private folders and free ports."""
import contextlib
import json
import os
import queue
import random
import shutil
import socket
import subprocess
import sys
import tempfile

from process import NotReady, Process

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("STRAIT_BIN", os.path.join(TOP, "build/release/bin"))
GANESHA = shutil.which("ganesha.nfsd", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin")
GANESHA_CONF = """
NFS_CORE_PARAM {{
    NFS_Port = {port}; MNT_Port = {mount_port}; Bind_addr = {address}; Protocols = {protocols};
    Enable_NLM = false; Enable_RQUOTA = false; Rquota_Port = 0;
}}
NFSV4 {{
    Graceless = true; RecoveryBackend = fs; RecoveryRoot = {home}; Only_Numeric_Owners = true;
}}
EXPORT_DEFAULTS {{
    Access_Type = RW; Squash = No_Root_Squash; SecType = sys; Protocols = {protocols};
    Transports = TCP;
}}
LOG {{ COMPONENTS {{ ALL = EVENT; }} }}
"""
GANESHA_EXPORT = """
EXPORT {{ Export_Id = {number}; Path = {path}; Pseudo = /{name}; FSAL {{ Name = {fsal}; }} }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def nobody():
    """ADDRESS:PORT where nothing listens: the port is taken meanwhile, so that no other test's
    server gets it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def lasting_port():
    """Free, and below those that the kernel gives to clients: while its server is down, a client
    that tries to connect again must not be given the very port (and so connect to itself)."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server(Process):
    """`where` is ADDRESS:PORT, `home` its private folder, removed at the end."""

    def __init__(self, argv, ready, home=None, **popen):
        self.home, self.where = home, None
        try:
            super().__init__(argv, ready, **popen)
        except BaseException:
            self.clean()
            raise

    @property
    def port(self):
        return int(self.where.rsplit(":", 1)[1])

    def url(self, path, **options):
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"nfs://{self.where}/{path.lstrip('/')}" + (query and "?" + query)

    def clean(self):
        if self.home:
            shutil.rmtree(self.home, ignore_errors=True)

    def __exit__(self, *unused):
        self.stop()
        self.clean()


class Straitd(Server):
    """exports: NAME=BACKEND:ARG[,option...], as on its command line. The state folder is its home
    unless one is given: a second server with the same `state_dir` and `port` is the first one
    restarted."""

    def __init__(self, exports, port=0, state_dir=None, options=(), **popen):
        home = None if state_dir else tempfile.mkdtemp(prefix="strait-straitd-")
        argv = [os.path.join(BIN, "straitd"), "--listen", f"127.0.0.1:{port}",
                "--state-dir", state_dir or home, *options]
        for export in exports:
            argv += ["--export", export]
        super().__init__(argv, r"straitd: ready on (\S+)", home, **popen)
        self.where = self.found[0]


class Ganesha(Server):
    """exports: name to a folder (FSAL VFS), or to None (FSAL MEM, which keeps no data). Needs root
    for the folders. NFSv3 (protocols="3,4") needs an rpcbind."""

    def __init__(self, exports, protocols="4", address="127.0.0.1", **popen):
        for attempt in range(5):
            home, port, mount_port = tempfile.mkdtemp(prefix="strait-ganesha-"), free_port(), 0
            if "3" in protocols:
                mount_port = free_port()
            conf = GANESHA_CONF.format(port=port, mount_port=mount_port, address=address,
                                       protocols=protocols, home=home)
            for number, (name, folder) in enumerate(exports.items(), 1):
                conf += GANESHA_EXPORT.format(number=number, name=name, path=folder or "/" + name,
                                              fsal="VFS" if folder else "MEM")
            with open(f"{home}/ganesha.conf", "w", encoding="utf-8") as file:
                file.write(conf)
            argv = [GANESHA, "-F", "-f", f"{home}/ganesha.conf", "-L", "STDERR",
                    "-p", f"{home}/pid"]
            try:
                super().__init__(argv, "NFS SERVER INITIALIZED", home, **popen)
            except NotReady:
                if attempt == 4:
                    raise
                continue
            self.where, self.mount_port = f"{address}:{port}", mount_port
            return


class Proxy(Process):
    """tests/proxy before a server: counts, delays, drops. `url()` leads through it."""

    url, port = Server.url, Server.port

    def __init__(self, to, *options):
        self.answers = queue.Queue()
        program = os.path.join(TOP, "tests/proxy/proxy.py")
        super().__init__([sys.executable, "-B", program, "--to", to, *options],
                         r"proxy: ready on (\S+)", stdin=subprocess.PIPE)
        self.where = self.found[0]

    def heard(self, line):
        if line.startswith("{"):
            self.answers.put(json.loads(line))

    def ask(self, word):
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()
        return self.answers.get(timeout=30)

    def counts(self):
        return self.ask("counts")

    def reset(self):
        """The counts so far; they begin again at zero."""
        return self.ask("reset")
