#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that never touch a prefix do under the shim what they do without it.

The cases of tests/programs, on the local disk both times; and none of them asks the agent anything.
"""
import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests/programs"))
from cases import CASES
from programs_test import LISTING, User, differences, in_folder, normal


def run_case(user, folder, text, start):
    result = user.run(start + in_folder(folder, text))
    return normal(result, folder), user.run(["bash", "-c", LISTING], folder)


def main():
    user, wrong = User(), 0
    under = [user.strait, "run", "-m", "/strait-nowhere=memory:", "--"]
    try:
        for number, (name, text) in enumerate(CASES):
            plain, plain_tree = run_case(user, f"{user.local}/p{number}", text, [])
            shim, shim_tree = run_case(user, f"{user.local}/s{number}", text, under)
            found = list(differences(plain, shim)) + list(differences(plain_tree, shim_tree))
            wrong += bool(found)
            if found:
                print("\n".join([f"FAIL  {name}"] + found[:40]))
        calls = json.loads(user.run([user.strait, "stats", "--json"])[1])["calls"]
        print(f"{len(CASES)} cases, {wrong} differ; {calls} calls to the agent")
    finally:
        user.close()
    return 1 if wrong or calls else 0


if __name__ == "__main__":
    sys.exit(main())
