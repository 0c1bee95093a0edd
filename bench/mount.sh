#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev bench mount [ARGS]: builds libfuse's passthrough_ll from the examples that Debian's
# libfuse3-dev brings, and runs bench/mount.py. STRAIT_PASSTHROUGH names another build of it.
set -euo pipefail
top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
source=/usr/share/doc/libfuse3-dev/examples/passthrough_ll.c
peer=${STRAIT_PASSTHROUGH:-}

cmake --build "$top/build/release" --target bench_mount strait straitd </dev/null >&2
if [[ -z $peer && -f $source ]]; then
    peer=$top/build/release/passthrough_ll
    # shellcheck disable=SC2046 (words)
    clang-19 -O2 -w -o "$peer" "$source" $(pkg-config --cflags --libs fuse3)
fi
[[ $peer ]] || echo "bench: $source is not there (packages may come without documents): ours alone"
exec python3 -B "$top/bench/mount.py" ${peer:+--passthrough "$peer"} "$@"
