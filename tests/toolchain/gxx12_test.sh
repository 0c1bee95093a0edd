#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# gxx12_test.sh refused|probe SOURCE: our CMake turns g++ 12 away with the reason; and the reason
# still holds.
set -uo pipefail
case_name=$1 source=$2
command -v g++-12 >/dev/null || { echo "skipped: g++-12 is not installed"; exit 77; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

case $case_name in
    refused)
        CC=gcc-12 CXX=g++-12 cmake -S "$source" -B "$room" -G Ninja >"$room/log" 2>&1 && {
            echo "CMake accepted g++ 12"
            exit 1
        }
        grep 'g++ 12[^ ]* is refused: it silently miscompiles coroutines' "$room/log" || {
            cat "$room/log"
            exit 1
        }
        ;;
    probe)
        g++-12 -std=c++20 -O2 "$source/tests/toolchain/probe.cc" -o "$room/probe" || exit 1
        "$room/probe" >"$room/log" 2>/dev/null && { echo "g++-12 passes the probe now"; exit 1; }
        grep miscompiled "$room/log"
        ;;
esac
