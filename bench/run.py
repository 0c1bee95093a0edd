#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""./dev bench: our client beside libnfs, on the same nfs-ganesha, and on straitd; one table.

Clients take turns, so that all meet the same noise. For each row: operations a second (best and
median of the rounds), the median latency, RPCs an operation (counted by a proxy in a run of its
own), microseconds of processor an operation in client and server. The last columns compare us with
the better of libnfs's two on the same nfs-ganesha: best over best, and the median of what each
round says by itself, whose clients met the same noise. Slow is no failure: the status is 0.
"""
import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile

import subjects
from subjects import Subject, servers

# kind, operations at once, operations of the run that counts RPCs
ROWS = [
    ("read_4k", 1, 64), ("read_4k", 64, 256), ("read_1m", 1, 16), ("read_1m", 8, 32),
    ("write_1m", 1, 16), ("write_1m", 8, 32), ("stat", 1, 64), ("stat", 64, 256),
    ("open_read_close", 1, 64), ("open_read_close", 64, 256), ("create", 1, 32),
    ("create_write_close", 1, 32), ("list", 1, 4),
]
WORDS = {"read_4k": "4 KiB random read", "read_1m": "1 MiB sequential read",
         "write_1m": "1 MiB sequential write", "open_read_close": "open + read 4 KiB + close",
         "create": "create + close", "create_write_close": "create + write 4 KiB + close",
         "list": "list 1,000 entries"}


def started_servers(stack):
    """ganesha on a folder, and straitd on one like it and on memory. Folders in memory if can be:
    the disk is not what is measured."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    home = tempfile.mkdtemp(prefix="strait-bench-", dir=base)
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    for name in ("ganesha", "local"):
        subjects.lay_out(f"{home}/{name}")
    found = {}
    if servers.GANESHA and os.geteuid() == 0:
        protocols = "3,4" if "STRAIT_BENCH_NFS3" in os.environ else "4"
        address = "10.99.0.1" if protocols == "3,4" else "127.0.0.1"
        found["ganesha"] = stack.enter_context(
            servers.Ganesha({"x": f"{home}/ganesha"}, protocols, address))
        found["ganesha"].folder = f"{home}/ganesha"
    else:
        print("bench: nfs-ganesha is not installed, or this is not root: straitd alone")
    if os.path.exists(os.path.join(servers.BIN, "straitd")):
        found["local"] = stack.enter_context(
            servers.Straitd([f"x=local:{home}/local,no_root_squash"]))
        found["memory"] = stack.enter_context(servers.Straitd(["x=memory,no_root_squash"]))
    return found


def all_subjects(found):
    made = []
    if ganesha := found.get("ganesha"):
        made.append(Subject("libnfs v4", ganesha, subjects.libnfs(ganesha, 4, "/x"),
                            subjects.LIBNFS4_CANNOT))
        if ganesha.mount_port:
            made.append(Subject("libnfs v3", ganesha, subjects.libnfs(ganesha, 3, ganesha.folder)))
    if "ganesha" in found:
        made.append(Subject("strait", found["ganesha"], subjects.strait("x")))
    if "local" in found:
        made.append(Subject("straitd local", found["local"], subjects.strait("x")))
        made.append(Subject("straitd memory", found["memory"], subjects.strait("x")))
        made[-1].order("layout")
    return made


def rpcs(subject, kind, depth, count):
    """RPCs an operation, with the client already connected and its folders known."""
    address = subject.where.rsplit(":", 1)[0]
    with servers.Proxy(subject.where, "--listen", address + ":0") as proxy:
        counted = subject.through(proxy)
        try:
            if counted.order(f"{kind} 1 10 1") is None:
                return None
            proxy.reset()
            cost = counted.order(f"{kind} {depth} 10 {count}")
            return cost and proxy.counts()["calls"] / cost["operations"]
        finally:
            counted.stop()


def measure(row, made, options):
    kind, depth, count = row
    rounds = {subject.name: [] for subject in made}
    for _ in range(options.rounds):
        for subject in made:
            if (kind, depth) in subject.cannot:
                continue
            cost = subject.order(f"{kind} {depth} {options.seconds} {1 << 60}")
            if cost and cost["operations"]:
                rounds[subject.name].append(cost)
    result = {}
    for subject in made:
        costs = rounds[subject.name]
        if not costs:
            continue
        rates = [cost["operations"] / cost["seconds"] for cost in costs]
        done = sum(cost["operations"] for cost in costs)
        result[subject.name] = {
            "best": max(rates), "median": statistics.median(rates), "rates": rates,
            "median_us": min(cost["median_us"] for cost in costs),
            "rpcs": rpcs(subject, kind, depth, count),
            "cpu_us": sum(cost["cpu_s"] for cost in costs) / done * 1e6,
            "server_cpu_us": sum(cost["server_cpu_s"] for cost in costs) / done * 1e6,
            "switches": sum(cost["switches"] for cost in costs) / done,
        }
    return result


def ratio(result):
    theirs = [result[name]["best"] for name in ("libnfs v3", "libnfs v4") if name in result]
    ours = result.get("strait")
    return ours["best"] / max(theirs) if theirs and ours else None


def ratio_of_rounds(result):
    """The median over the rounds of ours over the better of theirs in the same round."""
    theirs = [result[name]["rates"] for name in ("libnfs v3", "libnfs v4") if name in result]
    ours = result["strait"]["rates"] if "strait" in result else []
    rounds = [mine / max(others) for mine, *others in zip(ours, *theirs)]
    return statistics.median(rounds) if theirs and rounds else None


def title(kind, depth):
    return WORDS.get(kind, kind) + (f", {depth} at once" if depth > 1 else "")


def print_row(kind, depth, result):
    print(title(kind, depth))
    compared, by_rounds = ratio(result), ratio_of_rounds(result)
    for name, told in result.items():
        told = {**told, "rpcs": "?" if told["rpcs"] is None else f"{told['rpcs']:.2f}"}
        note = f"  x {compared:.2f} {by_rounds:.2f}" if name == "strait" and compared else ""
        print(f"  {name:15} {told['best']:10.0f} {told['median']:10.0f} {told['median_us']:10.1f} "
              f"{told['rpcs']:>7} {told['cpu_us']:9.1f} {told['server_cpu_us']:9.1f} "
              f"{told['switches']:9.2f}{note}", flush=True)


def print_markdown(told):
    """Rows as bench/README.md has them: ours over the better libnfs, best (median of rounds)."""
    print("\n| row | x |\n|---|---|")
    for row in told:
        if row["ratio"]:
            print(f"| {title(row['kind'], row['depth'])} | "
                  f"{row['ratio']:.2f} ({row['ratio_of_rounds']:.2f}) |")


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.4, help="of one round")
    parser.add_argument("--only", default="", help="rows whose name begins so, as read_4k")
    parser.add_argument("--markdown", action="store_true", help="the table of README.md, too")
    parser.add_argument("--json", metavar="FILE", help="all figures")
    options = parser.parse_args()
    told = []
    with contextlib.ExitStack() as stack:
        made = all_subjects(started_servers(stack))
        for subject in made:
            stack.callback(subject.stop)
        print(f"  {'client':15} {'best op/s':>10} {'median':>10} {'p50 us':>10} {'RPC/op':>7} "
              f"{'cpu us/op':>9} {'server':>9} {'switches':>9}")
        for row in ROWS:
            if row[0].startswith(options.only):
                result = measure(row, made, options)
                print_row(*row[:2], result)
                told.append({"kind": row[0], "depth": row[1], "ratio": ratio(result),
                             "ratio_of_rounds": ratio_of_rounds(result), "clients": result})
    slower = [title(row["kind"], row["depth"]) for row in told if (row["ratio"] or 1) < 1]
    print(f"\n{len(told)} rows; slower than libnfs on the same nfs-ganesha: "
          f"{'; '.join(slower) or 'none'}")
    if options.markdown:
        print_markdown(told)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
