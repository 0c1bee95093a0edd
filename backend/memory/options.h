// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What can be said about a memory store when it is made.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace strait::backend {

struct MemoryOptions {
    uint64_t size_bytes = 0;  // of file data
    uint64_t files = 0;
    uint32_t root_mode = 0755;
    uint32_t root_uid = 0;
    uint32_t root_gid = 0;

    // The defaults of this machine.
    static MemoryOptions defaults();
    // See make_memory_store.
    static Result<MemoryOptions> parse(std::string_view text);
};

}  // namespace strait::backend
