# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who runs the demo's programs."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import servers  # noqa: E402 (the path above)

ORDINARY_USER = 23456  # no account: nothing on this machine is theirs


class User:
    """Runs commands as an ordinary user with a home of their own and a clean environment; or, when
    we are root, as root."""

    def __init__(self, home, as_root=False):
        self.home = home
        self.uid = os.geteuid() or (0 if as_root else ORDINARY_USER)
        self.prefix = []
        if self.uid != os.geteuid():
            who = str(self.uid)
            self.prefix = ["setpriv", "--reuid", who, "--regid", who, "--clear-groups"]
        self.env = {"HOME": home, "XDG_RUNTIME_DIR": home, "TMPDIR": home, "LC_ALL": "C",
                    "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}
        self.own(home)

    @property
    def name(self):
        return "root" if self.uid == 0 else "an ordinary user"

    def own(self, folder):
        os.makedirs(folder, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.uid)
        os.chmod(folder, 0o700)
        return folder

    def run(self, argv, cwd="/", within_s=None):
        """Exit status 124: it took too long."""
        try:
            return subprocess.run(self.prefix + argv, cwd=cwd, env=self.env, check=False,
                                  text=True, errors="replace", timeout=within_s,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
            return subprocess.CompletedProcess(argv, 124, said + "\ntimed out\n")


def strait_for(user, work):
    """The program `strait`, where the user may run it."""
    program = os.path.join(servers.BIN, "strait")
    if user.run(["test", "-x", program]).returncode == 0:
        return program
    os.makedirs(f"{work}/bin")
    for name in os.listdir(servers.BIN):
        if name == "strait" or name.startswith("libstrait"):
            shutil.copy(os.path.join(servers.BIN, name), f"{work}/bin")
    return f"{work}/bin/strait"
