#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The public headers compile as C++20 and C99 with every compiler that is here, without our flags.
set -eu
root=$1
cpp='#include "asyncapi/strait.h"
strait::Co<int> read(strait::Context& context) {
    auto file = co_await context.open("nfs://nas/export/a");
    if (!file) co_return file.error().number;
    auto data = co_await file->read(4096);
    auto closed = co_await file->close();
    co_return closed ? static_cast<int>(data->size()) : -1;
}
int main() {
    auto context = strait::Context::create();
    return context ? context->run(read(*context)) : 1;
}'
c='#include "posix/strait.h"
int main(void) {
    struct stat status;
    return strait_stat("nfs://nas/export/a", &status) == 0 ? 0 : 1;
}'
found=0
for compiler in g++ g++-12 clang++-19 clang++; do
    command -v "$compiler" > /dev/null || continue
    found=1
    "$compiler" -std=c++20 -fno-exceptions -fno-rtti -Wall -Wextra -Werror -fsyntax-only -I"$root" \
        -x c++ - <<< "$cpp"
    "$compiler" -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$root" -x c++ - <<< "$c"
    echo "$compiler: public headers are fine"
done
for compiler in gcc clang-19 clang; do
    command -v "$compiler" > /dev/null || continue
    "$compiler" -std=c99 -D_GNU_SOURCE -pedantic -Wall -Wextra -Werror -fsyntax-only -I"$root" \
        -x c - <<< "$c"
done
[ "$found" = 1 ] || exit 77
