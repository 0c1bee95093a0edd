// SPDX-License-Identifier: LGPL-2.1-or-later
// The shim's constructor and destructor. Nothing is connected here.

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/connect.h"
#include "preload/shim/count.h"
#include "preload/shim/map.h"
#include "preload/shim/mirror.h"
#include "preload/shim/raw.h"
#include "preload/shim/real.h"
#include "preload/shim/ring_client.h"
#include "preload/shim/settings.h"
#include "preload/shim/stream.h"
#include "preload/shim/table.h"

namespace strait::preload {

namespace {

// A program that runs from a copy is to find itself where that was made from.
void find_executable() noexcept {
    char copy[shm::path_max];
    long size = raw::readlink("/proc/self/exe", copy, sizeof(copy) - 1);
    if (size <= 0) return;
    copy[size] = 0;
    if (const char* path = mirrored_from(copy)) settings.executable = strdup(path);
}

__attribute__((constructor)) void begin() {
    find_real();
    read_settings(environ);
    if (settings.prefix_count == 0) return;
    find_executable();
    if (*settings.report) begin_counting();
    prepare_connecting();
    patch_streams();
    adopt_inherited();
}

// What the process wrote is at the server when it has ended, as after a close.
__attribute__((destructor)) void end() {
    if (connected() && (open_count() || mapped_count())) {
        fflush(nullptr);
        Call call(shm::Op::flush);
        call.run();
    }
    write_counts();
}

}  // namespace

}  // namespace strait::preload
