#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many RPCs each intention costs, counted by the proxy between client and server.

  round_trips.py SERVER [CLAIM]     SERVER: ganesha, local or memory (straitd on that backend)

Status 1: a claim does not hold. Status 77: the server is not to be had here.
"""
import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
import servers  # noqa: E402 (the path above)
from probing import Probe  # noqa: E402

DEEP = "a/b/c/d/e"
CONTENT = "x" * 4096
ENTRIES = 1000
READDIR_BYTES = 128 << 10  # client/options.h: what fits a reply


class Place:
    """A laid-out export behind a proxy."""

    def __init__(self, proxy, home):
        self.proxy, self.url, self.home = proxy, proxy.url("x"), home

    def cost(self, probe, *words):
        self.proxy.reset()
        answer = probe(*words)
        return answer, self.proxy.reset()["calls"]

    def lay_out(self):
        with Probe(self.url) as probe:
            for depth in range(1, 6):
                probe("mkdir", DEEP[:2 * depth - 1])
            for number in range(5):
                probe("put", f"{DEEP}/f{number}", CONTENT)
            probe("put", "warm", "w")
            probe("mkdir", "big")
            for number in range(ENTRIES):
                probe("open", "f", f"big/entry-number-{number:04}", "wc")
                probe("close", "f")

    @staticmethod
    def forget():
        """The agent ends; the next program starts a new one."""
        strait = os.path.join(servers.BIN, "strait")
        subprocess.run([strait, "agent", "stop"], capture_output=True, check=False)

    def run(self, *command):
        """Under `strait run`: the counts of `command` alone, the agent's session being there."""
        text = 'cat /n/warm >/dev/null && echo ready && read go && exec "$@"'
        argv = [os.path.join(servers.BIN, "strait"), "run", "-m", f"/n={self.url}", "--", "sh",
                "-c", text, "sh", *command]
        child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = child.stdout.readline()
        expect(line == "ready\n", f"strait run says {line!r}")
        self.proxy.reset()
        output = child.communicate("go\n")[0]
        expect(child.returncode == 0, f"{command} ends with {child.returncode}")
        return output, self.proxy.reset()


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def at_most(calls, most):
    expect(calls <= most, f"{calls} RPCs, at most {most} were promised")


def cold_open_read_close_is_one(place):
    with Probe(place.url) as probe:
        probe("cat", "warm", 10)
        answer, calls = place.cost(probe, "cat", f"{DEEP}/f0", 4096)
        expect(answer == CONTENT, "not what was written")
        at_most(calls, 1)


def cold_deep_stat_is_one(place):
    with Probe(place.url) as probe:
        probe("cat", "warm", 10)
        at_most(place.cost(probe, "stat", f"{DEEP}/f1")[1], 1)


def create_write_close_is_two(place):
    with Probe(place.url) as probe:
        probe("cat", "warm", 10)
        at_most(place.cost(probe, "put", f"{DEEP}/new", CONTENT)[1], 2)
        expect(probe("cat", f"{DEEP}/new", 5000) == CONTENT, "not what was written")
        probe("unlink", f"{DEEP}/new")


def most_for_listing(place, counts):
    # nfs-ganesha counts by a rough rule of its own: a fifth of a reply may stay empty.
    empty = 1.25 if place.kind == "ganesha" else 1
    return math.ceil(counts["bytes_down"] * empty / READDIR_BYTES) + 1


def listing_with_attributes(place):
    with Probe(place.url) as probe:
        probe("cat", "warm", 10)
        place.proxy.reset()
        expect(probe("list", "big") == str(ENTRIES + 2), "not all entries")
        counts = place.proxy.reset()
        at_most(counts["calls"], most_for_listing(place, counts))


def cat_under_the_shim_is_one(place):
    output, counts = place.run("cat", f"/n/{DEEP}/f2")
    expect(output == CONTENT, "not what was written")
    at_most(counts["calls"], 1)


def stat_under_the_shim_is_one(place):
    output, counts = place.run("stat", "-c", "%s", f"/n/{DEEP}/f3")
    expect(output == "4096\n", f"size {output!r}")
    at_most(counts["calls"], 1)


def create_under_the_shim_is_two(place):
    place.run("sh", "-c", f"printf %s {CONTENT} > /n/{DEEP}/made")
    with Probe(place.url) as probe:
        expect(probe("cat", f"{DEEP}/made", 5000) == CONTENT, "not what was written")
        probe("unlink", f"{DEEP}/made")
    at_most(place.run("sh", "-c", f"printf %s {CONTENT} > /n/{DEEP}/made2")[1]["calls"], 2)


def ls_under_the_shim(place):
    output, counts = place.run("ls", "-l", "/n/big")
    expect(len(output.splitlines()) == ENTRIES + 1, "not all entries")
    at_most(counts["calls"], most_for_listing(place, counts))


def cat_of_a_url_from_nothing_is_four(place):
    """Four round trips, the TCP connect included; what ends the session comes after the data."""
    place.proxy.reset()
    url = place.proxy.url(f"x/{DEEP}/f4")
    argv = [os.path.join(servers.BIN, "strait"), "cat", "--trace", url]
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    expect(run.stdout == CONTENT, f"{run.stdout[:100]!r} {run.stderr[-500:]!r}")
    ending = sum("DESTROY_" in line for line in run.stderr.splitlines())
    counts = place.proxy.reset()
    at_most(counts["calls"] - ending + counts["connections"], 4)


CLAIMS = [cold_open_read_close_is_one, cold_deep_stat_is_one, create_write_close_is_two,
          listing_with_attributes, cat_under_the_shim_is_one, stat_under_the_shim_is_one,
          create_under_the_shim_is_two, ls_under_the_shim, cat_of_a_url_from_nothing_is_four]


def started(kind, home):
    if kind == "ganesha":
        if not servers.GANESHA or os.geteuid() != 0:
            print("left out: nfs-ganesha is not installed, or this is not root")
            sys.exit(77)
        return servers.Ganesha({"x": home})
    backend = {"local": f"local:{home}", "memory": "memory"}[kind]
    return servers.Straitd([f"x={backend},no_root_squash"])


def hold(claims, place_type, kind, only=""):
    """Holds the claims against a server; the exit status."""
    home = tempfile.mkdtemp(prefix="strait-shows-")
    os.environ["XDG_RUNTIME_DIR"] = f"{home}/agent"  # an agent of our own
    os.mkdir(f"{home}/agent", 0o700)
    os.mkdir(f"{home}/export")
    failed = 0
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(started(kind, f"{home}/export"))
        place = place_type(stack.enter_context(servers.Proxy(server.where)), home)
        place.kind = kind
        stack.callback(place.forget)
        place.lay_out()
        for claim in claims:
            if only not in claim.__name__:
                continue
            try:
                claim(place)
                print(f"ok      {claim.__name__}", flush=True)
            except (AssertionError, EOFError, RuntimeError) as why:
                failed += 1
                print(f"FAILED  {claim.__name__}: {why}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(hold(CLAIMS, Place, *sys.argv[1:]))
