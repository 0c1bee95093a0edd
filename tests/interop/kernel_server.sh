#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Our client against the Linux kernel's NFS server in a throw-away guest: scattered writes, holes,
# and 24 processes of random operations under `strait run`. Skipped (status 77) without a guest.
#
# STRAIT_GUEST is a command that serves an export of a guest on a port of this host's loopback until
# it is ended: `$STRAIT_GUEST serve nfs --port P --mountd-port P --nlm-port P`, which says READY.
#
#     STRAIT_GUEST="/path/to/guest/runner" tests/interop/kernel_server.sh [build/release/bin]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../build/release/bin}" && pwd)
if [[ -z ${STRAIT_GUEST:-} ]]; then
    echo "no kernel guest is at hand: set STRAIT_GUEST to its runner"
    exit 77
fi
home=$(mktemp -d)
export XDG_RUNTIME_DIR=$home STRAIT_BIN=$bin
guest=
# shellcheck disable=SC2317
finish() {
    "$bin/strait" agent stop >"$home/log" 2>&1 || true
    [[ -z $guest ]] || kill "$guest" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

mapfile -t ports < <(python3 -c 'import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
for each in held: print(each.getsockname()[1])')
# It may be a command with arguments.
# shellcheck disable=SC2086
exec {said}< <(exec timeout 900 $STRAIT_GUEST serve nfs --port "${ports[0]}" \
    --mountd-port "${ports[1]}" --nlm-port "${ports[2]}" 2>&1)
guest=$!
while read -r -t 120 line <&"$said" && [[ $line != READY* ]]; do :; done
[[ ${line:-} == READY* ]] || { echo "the guest does not serve: ${line:-}"; exit 1; }
url=nfs://127.0.0.1:${ports[0]}

status=0
judge() {  # WHAT STATUS
    if (($2 == 0)); then echo "$1: as on a disk"; else echo "$1: failed"; status=1; fi
}
cat >"$home/writes.py" <<'PYTHON'
import os, random, sys
# Pieces in random order, most of them not beside another, then holes and what data there is.
random.seed(7)
with open(sys.argv[1], "w+b", buffering=0) as file:
    for at in random.sample(range(0, 1 << 20, 4999), 200):
        os.pwrite(file.fileno(), random.randbytes(random.randrange(1, 4999)), at)
    os.ftruncate(file.fileno(), 8 << 20)
with open(sys.argv[1], "rb") as file:
    sys.stdout.buffer.write(file.read())
    print(os.lseek(file.fileno(), 0, os.SEEK_DATA), os.lseek(file.fileno(), 2 << 20, os.SEEK_HOLE))
with open(sys.argv[2], "wb") as file: file.write(b"small")
with open(sys.argv[2], "rb") as file:
    file.read(1)
    print(os.lseek(file.fileno(), 0, os.SEEK_DATA), os.lseek(file.fileno(), 0, os.SEEK_HOLE))
PYTHON
python3 "$home/writes.py" "$home/large" "$home/small" >"$home/expected"
"$bin/strait" run -m "/n=$url/" -- \
    python3 "$home/writes.py" /n/large /n/small >"$home/found" 2>"$home/log" || true
judge "scattered writes and holes" "$(cmp -s "$home/expected" "$home/found"; echo $?)"
"$bin/strait" mkdir -m 777 "$url/model"
modelled=0
python3 -B "$here/../agent/model_test.py" --seed 1 "$url/model" >"$home/log" 2>&1 || modelled=$?
((modelled == 0)) || tail -20 "$home/log"
judge "the model test" $modelled
exit $status
