// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Which way a program takes when it is executed: under the shim, or untouched, and why.

#include <cstdint>

namespace strait::preload {

enum class Way : uint8_t {
    shim,                  // a dynamic program
    script,                // its interpreter decides
    untouched_static,      // no loader: nothing can be loaded into it
    untouched_privileged,  // the loader refuses to load into setuid programs and their like
    untouched_foreign,     // of another machine or word size
    untouched_libc,        // of another libc: what is made for ours cannot be loaded into it
    untouched_direct,      // a Go program: loaded into it, but it asks the kernel itself
    unknown,               // cannot be read, or no program
};

// Looks at the file's head. For a script, `interpreter` (of `room` bytes) is its interpreter's
// path.
Way way_of(const char* path, char* interpreter, uint32_t room) noexcept;
// It sees local files only.
bool untouched(Way way) noexcept;
// "shim", "untouched: statically linked", ...
const char* way_text(Way way) noexcept;

}  // namespace strait::preload
