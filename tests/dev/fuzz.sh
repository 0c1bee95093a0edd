#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# fuzz.sh BIN RUNS REGEX: runs each BIN/*_fuzz that matches for RUNS inputs, as many at once as
# there are cores. What they learn is kept in build/fuzz/corpus; a finding is left in
# build/fuzz/findings and fails the run.
set -uo pipefail
bin=$1 runs=$2 pattern=$3
mkdir -p build/fuzz/findings build/fuzz/log

fuzz_one() {
    local program=$1 name began=$SECONDS
    name=$(basename "$program")
    mkdir -p "build/fuzz/corpus/$name"
    if "$program" -runs="$2" -max_len=65536 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/findings/$name-" "build/fuzz/corpus/$name" \
        </dev/null >"build/fuzz/log/$name" 2>&1; then
        printf 'ok    %-32s %s inputs, %d s\n' "$name" "$2" $((SECONDS - began))
    else
        tail -40 "build/fuzz/log/$name"
        printf 'FOUND %-32s see build/fuzz/log/%s\n' "$name" "$name"
        return 1
    fi
}
export -f fuzz_one

mapfile -t programs < <(find "$bin" -maxdepth 1 -type f -name '*_fuzz' | grep -E "$pattern" | sort)
((${#programs[@]})) || { echo "fuzz: no program matches $pattern" >&2; exit 1; }
printf '%s\0' "${programs[@]}" |
    xargs -0 -n 1 -P "$(nproc)" bash -c 'fuzz_one "$1" "$0" || exit 1' "$runs"
