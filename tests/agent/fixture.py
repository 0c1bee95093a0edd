# SPDX-License-Identifier: LGPL-2.1-or-later
"""An agent of one's own, for a test: its folder is private, and it ends with the test."""
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests/lib"))
import servers  # noqa: E402 (the path above)
from process import die_with_parent  # noqa: E402

STRAIT = os.path.join(servers.BIN, "strait")


class Agent:
    """`url` is what programs see at /n."""

    def __init__(self, url):
        self.home = tempfile.mkdtemp(prefix="strait-agent-")
        self.url = url
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=self.home, LC_ALL="C")

    @property
    def folder(self):
        return f"{self.home}/strait"

    def strait(self, *arguments, within_s=60):
        return subprocess.run([STRAIT, *arguments], env=self.environment, text=True, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=within_s)

    def command(self, *argv):
        return [STRAIT, "run", "-m", f"/n={self.url}", "--", *argv]

    def run(self, *argv, within_s=60):
        return subprocess.run(self.command(*argv), env=self.environment, text=True, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=within_s)

    def bash(self, text, **options):
        return self.run("bash", "-c", text, **options)

    def start(self, *argv, **popen):
        popen.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(self.command(*argv), env=self.environment, text=True,
                                preexec_fn=die_with_parent, **popen)

    def status(self):
        """What `strait agent status` tells; None when none runs."""
        done = self.strait("agent", "status", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def kill(self):
        if now := self.status():
            with contextlib.suppress(ProcessLookupError):
                os.kill(now["pid"], signal.SIGKILL)

    def close(self):
        self.strait("agent", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


@contextlib.contextmanager
def local_folder(home):
    """A folder of the disk that a mount is compared with: on tmpfs, where there is one that we may
    fill."""
    home = next(place for place in ("/dev/shm", home) if os.access(place, os.W_OK))
    place = tempfile.mkdtemp(prefix="strait-disk-", dir=home)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def local_start(environment):
    """start() of an agent, for programs that run on the disk."""
    def start(*argv, **popen):
        return subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL,
                                preexec_fn=die_with_parent, **popen)
    return start


def outputs(start, commands):
    """What each of these commands prints, all under way at once."""
    with contextlib.ExitStack() as files:
        outs = [files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8",
                                                           errors="replace")) for _ in commands]
        children = [start(*argv, stdout=out, stderr=subprocess.STDOUT)
                    for argv, out in zip(commands, outs)]
        for child in children:
            child.wait()
        for out in outs:
            out.seek(0)
        return [out.read() for out in outs]


def main(parser, compare):
    """A test of random choices, whole: compare(agent, arguments) gives the differences."""
    parser.add_argument("--seed", default=str(random.randrange(10 ** 6)))
    parser.add_argument("server", help="memory|local|straitd|ganesha, or nfs://... of another")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with server_of(arguments.server) as (url, _, _), contextlib.closing(Agent(url)) as agent:
        wrong = compare(agent, arguments)
    print("\n".join(wrong) or "no difference")
    return 1 if wrong else 0


@contextlib.contextmanager
def server_of(word, options=()):
    """A server of that kind, or the one at that URL: (URL, Server or None, the exported folder or
    None)."""
    with tempfile.TemporaryDirectory(prefix="strait-agent-files-") as folder:
        os.chmod(folder, 0o777)
        if word.startswith("nfs://"):
            yield word, None, None
        elif word == "memory":
            yield "memory:", None, None
        elif word == "local":
            with servers.Straitd([f"x=local:{folder},no_root_squash"], options=options) as server:
                yield server.url("x"), server, folder
        elif word == "straitd":
            with servers.Straitd(["x=memory:mode=0777,no_root_squash"],
                                 options=options) as server:
                yield server.url("x"), server, None
        elif word == "ganesha":
            if not servers.GANESHA or os.geteuid() != 0:
                print("nfs-ganesha is not here, or we are not root")
                sys.exit(77)
            with servers.Ganesha({"x": folder}) as server:
                yield server.url("x"), server, folder
        else:
            sys.exit(f"unknown server: {word}")
