#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Linux kernel's NFS client, in a throw-away guest, against straitd: mounts with vers=4.1 and
# 4.2, copies a tree in and compares it, locks; and goes on working while straitd is killed
# (SIGKILL) and restarted on its state directory. Skipped (status 77) without a guest.
#
# STRAIT_GUEST is a command that runs a shell command in a guest which sees this host's loopback as
# 10.0.2.2: `$STRAIT_GUEST run --rw-dir DIR -- COMMAND`, DIR being /host and the command's folder.
#
#     STRAIT_GUEST="/path/to/guest/runner" tests/interop/kernel_guest.sh [build/release/bin/straitd]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
straitd=${1:-$here/../../build/release/bin/straitd}
if [ -z "${STRAIT_GUEST:-}" ]; then
    echo "no kernel guest is at hand: set STRAIT_GUEST to its runner"
    exit 77
fi
home=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT
mkdir "$home/data" "$home/share"

start() {  # ADDRESS:PORT
    : >"$home/out"
    "$straitd" --export "disk=local:$home/data,no_root_squash" \
        --export "memory=memory:,no_root_squash" --listen "$1" --lease-time 10 \
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

guest() {  # SCRIPT ARG...
    local script=$1
    shift
    cp "$here/$script" "$home/share/"
    timeout 300 $STRAIT_GUEST run --rw-dir "$home/share" -- "bash /host/$script $*"
}

start 127.0.0.1:0
port=${where##*:}
status=0
for version in 4.1 4.2; do
    for export in disk memory; do
        if guest kernel_tree.sh "$version" "$port" "$export" >"$home/log" 2>&1; then
            echo "vers=$version $export: the tree copied in is the tree copied out"
        else
            echo "vers=$version $export: failed"
            tail -20 "$home/log"
            status=1
        fi
    done
    rm -f "$home/share/started"
    guest kernel_restart.sh "$version" "$port" >"$home/log" 2>&1 &
    guest_pid=$!
    for _ in $(seq 300); do
        [ -e "$home/share/started" ] && break
        sleep 0.1
    done
    for _ in 1 2 3; do
        sleep 1.5
        kill -9 "$server"
        wait "$server" 2>/dev/null || true
        start "127.0.0.1:$port"
    done
    if wait "$guest_pid"; then
        echo "vers=$version disk: three kills of the server, nothing lost"
    else
        echo "vers=$version disk: lost something over a restart"
        tail -20 "$home/log"
        status=1
    fi
done
exit $status
