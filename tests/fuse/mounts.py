#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""strait mount and strait umount as users call them, and what happens when a server or the process
behind a mount is killed or stopped.

  mounts.py [CLAIM]

Everything is in a mount namespace of its own, which takes all mounts with it. Status 77: no root,
no /dev/fuse.
"""
import contextlib
import ctypes
import errno
import mmap
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import servers  # noqa: E402 (the path above)
from process import own_mount_namespace, stop_still  # noqa: E402

STRAIT = os.path.join(servers.BIN, "strait")
CONNECTIONS = "/sys/fs/fuse/connections"
PATIENCE = 60  # seconds that a killed process may take on a loaded machine


def expect(condition, otherwise):
    if not condition:
        raise AssertionError(otherwise)


def possible():
    """Mounts that this process makes are its own; a line says why not."""
    fuse = os.access("/dev/fuse", os.R_OK | os.W_OK)
    if os.geteuid() == 0 and fuse and own_mount_namespace():
        return True
    print("skipped: needs root, /dev/fuse and a mount namespace of its own")
    return False


def strait(*words, **options):
    return subprocess.run([STRAIT, *words], text=True, capture_output=True, timeout=60,
                          check=False, **options)


class Place:
    """A server on a folder, and a mount point; the mount ends with it."""

    def __init__(self, options="allow_other", through=None):
        self.home = tempfile.mkdtemp(prefix="strait-mounts-")
        self.at, self.data = f"{self.home}/at", f"{self.home}/data"
        os.makedirs(self.at)
        os.makedirs(self.data)
        self.port, self.state = servers.lasting_port(), f"{self.home}/state"
        self.start_server()
        self.where = through(self.server.where) if through else self.server
        self.options = f"{options},pidfile={self.home}/pid,logfile={self.home}/log"

    def start_server(self):
        self.server = servers.Straitd([f"x=local:{self.data},no_root_squash"], port=self.port,
                                      state_dir=self.state,
                                      options=("--grace-time", "1"))

    def mount(self, *words):
        return strait("mount", self.where.url("x"), self.at, "-o", self.options, *words)

    def must_mount(self):
        done = self.mount()
        expect(done.returncode == 0, f"mount: {done.returncode} {done.stderr}")
        self.device = os.stat(self.at).st_dev

    def pid(self):
        with open(f"{self.home}/pid", encoding="ascii") as file:
            return int(file.read())

    def wait_for_waiting(self, count):
        """Until so many requests wait for the process behind the mount."""
        if not os.listdir(CONNECTIONS):
            subprocess.run(["mount", "-t", "fusectl", "none", CONNECTIONS], check=True)
        while int(read(f"{CONNECTIONS}/{os.minor(self.device)}/waiting")) < count:
            time.sleep(0.01)

    def path(self, name):
        return f"{self.at}/{name}"

    def __enter__(self):
        self.must_mount()
        return self

    def __exit__(self, *unused):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it may have ended
            os.kill(self.pid(), signal.SIGKILL)
        subprocess.run(["umount", "-l", self.at], stderr=subprocess.DEVNULL, check=False)
        if self.where is not self.server:
            self.where.stop()
        self.server.kill()
        subprocess.run(["rm", "-rf", self.home], check=False)


def write(path, text, sync=False):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        if sync:
            os.fsync(file.fileno())


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def killed_in_time(child):
    """A process that cannot be killed waits for as long as the server does."""
    child.kill()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return True


def a_mount_answers_when_the_command_returns_and_ends_with_umount():
    with Place() as place:
        write(place.path("f"), "text")
        expect(read(f"{place.data}/f") == "text", "the data is not with the server")
        done = strait("umount", place.at)
        expect(done.returncode == 0, done.stderr)
        expect(not os.listdir(place.at), "it is still mounted")


def what_cannot_be_mounted_is_told_with_its_status():
    with Place() as place:
        with servers.nobody() as where:
            done = strait("mount", f"nfs://{where}/x", place.home, "-o", "soft,timeo=10")
        expect(done.returncode == 3 and "127.0.0.1" in done.stderr, f"{done}")
        done = strait("mount", place.where.url("x"), f"{place.home}/none")
        expect(done.returncode == 2 and "none" in done.stderr, f"{done}")
        done = strait("mount", place.where.url("x"), place.home, "-o", "frobnicate=1")
        expect(done.returncode == 2 and "frobnicate" in done.stderr, f"{done}")
        done = strait("mount", place.where.url("x/missing"), place.home)
        expect(done.returncode == 3 and "no such file" in done.stderr, f"{done}")
        done = strait("umount", place.home)
        expect(done.returncode == 1 and "no mount" in done.stderr, f"{done}")


def mount_of_type_fuse_strait_works_through_the_helper():
    place = Place()
    helper = os.path.join(servers.BIN, "mount.fuse.strait")
    source = "127.0.0.1:/x"
    options = f"rw,_netdev,nofail,x-systemd.automount,port={place.port},{place.options}"
    try:
        done = subprocess.run([helper, source, place.at, "-v", "-o", options], text=True,
                              capture_output=True, timeout=60, check=False)
        expect(done.returncode == 0, done.stderr)
        write(place.path("f"), "x")
        expect("fuse.strait" in read("/proc/mounts"), "the type is another one")
    finally:
        place.__exit__()


def a_busy_mount_is_refused_and_cut_off_with_force():
    with Place() as place:
        write(place.path("f"), "x")
        user = os.open(place.path("f"), os.O_RDONLY)
        done = strait("umount", place.at)
        expect(done.returncode == 1 and "busy" in done.stderr, f"{done}")
        done = strait("umount", "-f", place.at)
        expect(done.returncode == 0, f"{done}")
        with contextlib.suppress(OSError):  # whoever answered is gone
            os.close(user)


def a_killed_bridge_is_told_by_its_errno_and_the_next_mount_clears_it_away():
    with Place() as place:
        write(place.path("f"), "kept", sync=True)
        os.kill(place.pid(), signal.SIGKILL)
        try:
            # Whoever comes before the kernel has closed what the process had is told otherwise.
            os.stat(place.path("f"))
            raise AssertionError("the mount answers although nobody is behind it")
        except OSError as error:
            expect(error.errno in (errno.ENOTCONN, errno.ECONNABORTED), f"{error}")
        place.must_mount()
        expect(read(place.path("f")) == "kept", "the data is gone")


def a_server_that_says_nothing_holds_only_those_who_ask_and_they_can_be_killed():
    with Place("allow_other,noac") as place:
        write(place.path("f"), "kept", sync=True)
        with open(place.path("open"), "w", encoding="ascii") as writer:
            stop_still(place.server.pid)
            commands = (["stat", place.path("f")], ["cat", place.path("f")], ["ls", place.at],
                        ["touch", place.path("new")], ["sh", "-c", f"echo x > {place.at}/w"])
            children = [subprocess.Popen(each, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL) for each in commands]
            place.wait_for_waiting(len(children))
            for child in children:
                expect(killed_in_time(child), f"{child.args} could not be killed")
            os.kill(place.server.pid, signal.SIGCONT)
            writer.write("more")
        expect(read(place.path("f")) == "kept", "the data is gone")
        expect(read(place.path("open")) == "more", "an open file is gone")


def force_ends_a_mount_whose_server_says_nothing():
    with Place("allow_other,noac") as place:
        write(place.path("f"), "x")
        stop_still(place.server.pid)
        with subprocess.Popen(["stat", place.path("f")], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:
            place.wait_for_waiting(1)
            done = strait("umount", "-f", place.at)
            expect(done.returncode == 0, f"{done}")
            child.wait(30)
        os.kill(place.server.pid, signal.SIGCONT)


def a_killed_server_that_comes_back_finds_the_mount_and_what_was_synced():
    with Place() as place:
        with open(place.path("f"), "w", encoding="ascii") as file:
            file.write("synced")
            file.flush()
            os.fsync(file.fileno())
            place.server.kill()
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(os.listdir(place.at)))
            waiting.start()
            place.start_server()
            waiting.join(60)
            expect(answers and "f" in answers[0], f"a listing over the restart: {answers}")
            file.write(" and on")
        expect(read(place.path("f")) == "synced and on", "the file is not whole")
        expect(read(f"{place.data}/f") == "synced and on", "the server has another one")


def a_soft_mount_gives_up_with_eio():
    # Time enough for a loaded server's answers: those before it is stopped must come.
    with Place("allow_other,noac,soft,timeo=50,retrans=0") as place:
        write(place.path("f"), "x")
        stop_still(place.server.pid)
        try:
            os.stat(place.path("f"))
            raise AssertionError("somebody answered")
        except OSError as error:
            expect(error.errno == errno.EIO, f"{error}")
        finally:
            os.kill(place.server.pid, signal.SIGCONT)


def round_trips_are_as_promised():
    with Place(through=servers.Proxy) as place:
        os.makedirs(f"{place.data}/a/b")
        write(f"{place.data}/a/b/f", "x" * 4096)
        os.makedirs(f"{place.data}/many")
        for number in range(1000):
            write(f"{place.data}/many/f{number}", "x")
        place.where.reset()

        def cost(most, what, work):
            work()
            calls = place.where.reset()["calls"]
            expect(calls <= most, f"{what}: {calls} RPCs, {most} were promised")

        cost(3, "stat of a/b/f", lambda: os.stat(place.path("a/b/f")))
        cost(0, "stat again", lambda: os.stat(place.path("a/b/f")))
        cost(3, "open, read, close", lambda: read(place.path("a/b/f")))
        # 1,000 entries are some 160 KB: two replies.
        cost(5, "ls -l of 1,000", lambda: subprocess.run(
            ["ls", "-l", place.path("many")], stdout=subprocess.DEVNULL, check=True))
        cost(4, "a new small file", lambda: write(place.path("new"), "x" * 4096))


def a_descriptor_that_somebody_else_mounted_is_taken_over():
    with Place() as place:
        at = f"{place.home}/given"
        os.makedirs(at)
        device = os.open("/dev/fuse", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
        done = libc.mount(b"x", at.encode(), b"fuse.strait", 0, options.encode())
        expect(done == 0, os.strerror(ctypes.get_errno()))
        with subprocess.Popen([STRAIT, "mount", "-f", place.where.url("x"), at, "--fuse-fd",
                               str(device)], pass_fds=(device,)) as child:
            os.close(device)
            write(f"{at}/f", "x")
            expect(read(f"{place.data}/f") == "x", "the file is not with the server")
            subprocess.run(["umount", at], check=True)
            expect(child.wait(30) == 0, "it did not end in order")


def a_user_namespace_of_ones_own_is_enough():
    if subprocess.run(["unshare", "-Urm", "true"], check=False).returncode != 0:
        return  # not allowed here
    with Place() as place:
        os.chmod(place.data, 0o1777)
        at = f"{place.home}/own"
        os.makedirs(at)
        script = (f"{STRAIT} mount {place.where.url('x')} {at} && echo text >{at}/f && cat {at}/f"
                  f" && stat -c %u {at}/f && {STRAIT} umount {at}")
        done = subprocess.run(["unshare", "-Urm", "sh", "-ec", script], text=True, timeout=60,
                              capture_output=True, check=False)
        expect(done.returncode == 0 and done.stdout == "text\n0\n", f"{done}")


def ends_when_told(pid):
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGTERM)
    ended = select.select([handle], [], [], 60)[0]
    os.close(handle)
    return ended


def sigterm_ends_a_mount_in_order():
    with Place() as place:
        write(place.path("f"), "text")
        expect(ends_when_told(place.pid()), "it does not end")
        expect(not os.path.ismount(place.at), "it is still mounted")
        expect(not os.path.exists(f"{place.home}/pid"), "its pid file is left")


def sigterm_ends_a_mount_whose_server_says_nothing():
    with Place() as place:
        write(place.path("f"), "x" * 100000)
        with open(place.path("f"), "r+b") as file:
            pages = mmap.mmap(file.fileno(), 0)
        with pages:
            pages[5000] = 65
            stop_still(place.server.pid)
            expect(ends_when_told(place.pid()), "it does not end")
            expect(not os.path.ismount(place.at), "it is still mounted")
            expect(not os.path.exists(f"{place.home}/pid"), "its pid file is left")
            os.kill(place.server.pid, signal.SIGCONT)


def sigterm_ends_a_mount_that_is_still_connecting():
    with tempfile.TemporaryDirectory(prefix="strait-mounts-") as at, socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        mute.settimeout(60)
        url = f"nfs://127.0.0.1:{mute.getsockname()[1]}/x"
        with subprocess.Popen([STRAIT, "mount", "-f", url, at]) as child:
            mute.accept()[0].close()
            child.terminate()
            child.wait(60)


CLAIMS = [claim for name, claim in sorted(globals().items())
          if callable(claim) and getattr(claim, "__module__", "") == __name__ and "_" in name
          and name not in ("killed_in_time", "ends_when_told")]


def main(wanted):
    if not possible():
        return 77
    failed = 0
    for claim in CLAIMS:
        if wanted and claim.__name__ not in wanted:
            continue
        try:
            claim()
            print(f"ok      {claim.__name__}", flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            failed += 1
            print(f"FAILED  {claim.__name__}: {error!r}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
