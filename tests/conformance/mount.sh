#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# File system suites over `strait mount` of straitd, both backends and both minor versions:
#   STRAIT_PJDFSTEST  a built checkout of pjd/pjdfstest
#   STRAIT_CTHON04    a built checkout of phdeniel/cthon04
#   STRAIT_FSX        the program fsx (of xfstests' ltp)
# Those that are not named are left out; without any, or without root, it is skipped (status 77).
# Fails when something fails that mount_expected.txt does not name.
#
#     STRAIT_FSX=~/fsx tests/conformance/mount.sh [build/release/bin [BACKEND [VERSION]]]
#
# BACKEND: memory, local; VERSION: 4.1, 4.2. Or a URL instead of both, to mount another server.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${1:-$here/../../build/release/bin}" && pwd)
if [[ -z ${STRAIT_PJDFSTEST:-}${STRAIT_CTHON04:-}${STRAIT_FSX:-} ]]; then
    echo "no suite is at hand: set STRAIT_PJDFSTEST, STRAIT_CTHON04 or STRAIT_FSX"
    exit 77
fi
if ((EUID != 0)) || ! : <>/dev/fuse 2>/dev/null; then
    echo "skipped: needs root and /dev/fuse"
    exit 77
fi
# Mounts end with this namespace, however the run ends.
[[ ${STRAIT_OWN_NAMESPACE:-} ]] || STRAIT_OWN_NAMESPACE=1 exec unshare -m "$0" "$@"

home=$(mktemp -d) at= server= status=0
finish() {
    cd /
    [[ -z $at ]] || umount -l "$at" 2>/dev/null || true
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT

start() {  # BACKEND
    rm -rf "$home/data" "$home/state"
    mkdir "$home/data"
    local where backend=memory:
    [[ $1 == memory ]] || backend=local:$home/data
    exec {words}< <(exec "$bin/straitd" --export "x=$backend,no_root_squash" \
        --listen 127.0.0.1:0 --state-dir "$home/state" 2>"$home/out")
    server=$!
    if ! read -r -t 10 _ _ _ where <&"$words"; then
        echo "straitd did not start"
        exit 1
    fi
    url=nfs://$where/x
}

# The words of one suite, then "WHAT: numbers"; the tests that failed go into $home/failed.
run_pjdfstest() {
    mkdir "$at/pjdfstest"
    (cd "$at/pjdfstest" && prove -r -j3 "$STRAIT_PJDFSTEST/tests") >"$home/log" 2>&1 || true
    # "NAME.t ... Failed: N" and the numbers behind it
    awk '/\(Wstat/ { name = $1; sub(/.*tests\//, "", name) }
         /Failed tests?:/ { on = 1; sub(/.*:/, "") }
         /passed:|Parse errors|^Files=/ { on = 0 }
         /\(Wstat/ { on = 0; next }
         on { gsub(",", " "); for (i = 1; i <= NF; i++) print "pjdfstest " name " " $i }' \
        "$home/log" >>"$home/failed"
    grep '^Files=' "$home/log"
}

run_cthon04() {
    local failed=0 group
    : >"$home/log"
    for group in basic general special lock; do
        export NFSTESTDIR=$at/cthon04
        rm -rf "$NFSTESTDIR"
        [[ $group != lock ]] || mkdir "$NFSTESTDIR"
        local functions_only=-t
        [[ $group != lock ]] || functions_only=
        # shellcheck disable=SC2086 (no word at all for the locks)
        if ! (cd "$STRAIT_CTHON04/$group" && timeout 600 sh runtests $functions_only) \
            >>"$home/log" 2>&1 </dev/null; then
            failed=$((failed + 1))
            echo "cthon04 $group" >>"$home/failed"
            tail -5 "$home/log"
        fi
    done
    echo "groups 4, failed $failed; locks $(grep -c 'pass 1 results' "$home/log") times in full"
}

run_fsx() {
    local runs=0 failed=0 seed options
    while read -r options; do
        for seed in 1 2 3; do
            runs=$((runs + 1))
            timeout 300 "$STRAIT_FSX" -q -N 3000 -S $seed $options -P "$home" "$at/fsx$runs" \
                >"$home/log" 2>&1 && continue
            failed=$((failed + 1))
            echo "fsx $options" >>"$home/failed"
            tail -3 "$home/log"
        done
    done <<'OPTIONS'
-l 262144
-l 262144 -R -W
-l 1048576 -o 65536
-l 262144 -Z -r 4096 -w 4096 -R -W
-l 262144 -H
-l 262144 -z -C -F
-l 262144 -E -B
OPTIONS
    echo "runs $runs, failed $failed"
}

suites() {  # LABEL VERSION
    at=$home/at
    mkdir -p "$at"
    "$bin/strait" mount "$url" "$at" -o "vers=$2,allow_other,dev,suid"
    : >"$home/failed"
    [[ -z ${STRAIT_PJDFSTEST:-} ]] || echo "$1 pjdfstest: $(run_pjdfstest)"
    [[ -z ${STRAIT_CTHON04:-} ]] || echo "$1 cthon04: $(run_cthon04)"
    [[ -z ${STRAIT_FSX:-} ]] || echo "$1 fsx: $(run_fsx)"
    "$bin/strait" umount -l "$at"
    at=
    local unknown
    unknown=$(grep -vxFf <(sed -n 's/^\([^#]*[^# ]\) *#.*/\1/p' "$here/mount_expected.txt") \
        "$home/failed" || true)
    [[ -z $unknown ]] && return
    echo "$1: failed, and is not known to:"
    echo "$unknown"
    status=1
}

if [[ ${2:-} == *:* ]]; then
    url=$2
    suites "$2" "${3:-4.2}"
    exit $status
fi
for backend in ${2:-memory local}; do
    for version in ${3:-4.2 4.1}; do
        start "$backend"
        suites "$backend $version" "$version"
        kill "$server"
        wait "$server" || true
        server=
    done
done
exit $status
