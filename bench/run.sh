#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev bench [ARGS]: builds the two clients and runs bench/run.py, in a network of its own where
# that is permitted: nfs-ganesha serves NFSv3 only beside an rpcbind, and that has one fixed port.
set -euo pipefail
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)

if [[ ! -x $top/build/release/bin/bench_libnfs ]]; then
    cmake -S "$top" -B "$top/build/release" </dev/null >&2 # it may be older than libnfs-dev
fi
cmake --build "$top/build/release" --target bench_libnfs </dev/null >&2

# ganesha takes no address of a host that has only a loopback (AI_ADDRCONFIG): hence the pair.
in_own_network() {
    ip link set lo up
    ip link add strait0 type veth peer name strait1
    ip addr add 10.99.0.1/24 dev strait0
    ip link set strait0 up
    ip link set strait1 up
    mount -t tmpfs tmpfs /run
    mkdir -p /run/rpcbind
    chown _rpc /run/rpcbind
    rpcbind -f &
    STRAIT_BENCH_NFS3=1 python3 -B "$top/bench/run.py" "$@" || status=$?
    kill %1 && wait %1 || true
    exit "${status:-0}"
}

if [[ ${1:-} == in-own-network ]]; then
    shift
    in_own_network "$@"
elif ((EUID == 0)) && command -v ip rpcbind >/dev/null &&
    unshare --net --mount ip link add strait0 type veth peer name strait1 2>/dev/null; then
    exec unshare --net --mount --kill-child --fork bash "$0" in-own-network "$@"
fi
exec python3 -B "$top/bench/run.py" "$@"
