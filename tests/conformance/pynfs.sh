#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pynfs against straitd: both minor versions on both backends. Needs a checkout of pynfs, built with
# `python3 setup.py build`, named by STRAIT_PYNFS; without one it is skipped (status 77).
# Fails when a test fails that tests/conformance/pynfs_expected.txt does not name.
#
#     STRAIT_PYNFS=~/pynfs tests/conformance/pynfs.sh [build/release/bin/straitd]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
straitd=${1:-$here/../../build/release/bin/straitd}
if [ ! -f "${STRAIT_PYNFS:-}/nfs4.1/testserver.py" ]; then
    echo "pynfs is not at hand: set STRAIT_PYNFS to a checkout of it"
    exit 77
fi
[ -x "$straitd" ] || { echo "there is no $straitd: build it first"; exit 1; }
home=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

start() {  # NAME=BACKEND:ARG
    "$straitd" --export "$1",no_root_squash --listen 127.0.0.1:0 --lease-time 15 \
        --state-dir "$home/state" >"$home/out" &
    server=$!
    for _ in $(seq 100); do
        where=$(sed -n 's/^straitd: ready on //p' "$home/out")
        [ -n "$where" ] && return
        sleep 0.1
    done
    echo "straitd did not start"
    exit 1
}

status=0
for backend in memory: "local:$home/data"; do
    for minor in 1 2; do
        rm -rf "$home/data" "$home/state"
        mkdir "$home/data"
        start "x=$backend"
        (cd "$STRAIT_PYNFS/nfs4.1" && ${STRAIT_PYTHON:-python3} testserver.py "$where/x" \
            --maketree --security=sys --minorversion=$minor all) >"$home/log" 2>/dev/null || true
        kill "$server" && wait "$server" || true
        server=
        echo "4.$minor ${backend%%:*}: $(grep '^Of those' "$home/log" || echo 'no result')"
        sed -n 's/^\([A-Z0-9a-z]*\) .*: FAILURE.*/\1/p' "$home/log" | sort >"$home/failed"
        sed -n "s/^4\.$minor \([A-Z0-9a-z]*\) .*/\1/p" "$here/pynfs_expected.txt" |
            sort >"$home/known"
        grep -q '^Of those' "$home/log" || status=1
        new=$(comm -23 "$home/failed" "$home/known" | tr '\n' ' ')
        if [ -n "$new" ]; then
            echo "  not expected to fail: $new"
            status=1
        fi
    done
done
exit $status
