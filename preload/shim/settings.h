// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the environment told this process at its start, and the virtual working directory. Fixed
// after set_up() but for the directory.

#include <cstddef>

#include "wire/shm/protocol.h"

namespace strait::preload {

struct Prefix {
    const char* text;  // "/n", no slash at the end
    size_t size;
    const char* last;  // its last component, with the slash before it
};
inline constexpr size_t prefix_limit = 16;

struct Settings {
    Prefix prefixes[prefix_limit];
    size_t prefix_count;
    bool initials[256];       // of the prefixes' last components
    const char* mounts;       // the specification as given; "" when there is none
    const char* agent;        // the agent's folder
    bool strict;              // STRAIT_STRICT=1: what the shim does not cover ends the process
    const char* report;       // STRAIT_REPORT: the file for count.h; "" when nobody asked
    bool explain;             // STRAIT_EXPLAIN=1: tells of each program that is executed
    char cwd[shm::path_max];  // the virtual working directory; "" when the kernel's is right
    const char* executable;   // this program's path when it runs from a copy (mirror.h), else null
    char placeholder[shm::path_max];  // where the kernel's stands while ours is set
};
extern Settings settings;

// Reads the environment; once, from the constructor.
void read_settings(char** environment) noexcept;
// Whether an absolute path begins below a prefix, lexically.

inline bool covered(const char* path) noexcept {
    for (size_t i = 0; i < settings.prefix_count; ++i) {
        const Prefix& prefix = settings.prefixes[i];
        if (path[0] != '/' || path[1] != prefix.text[1]) continue;
        size_t at = 2;
        while (at < prefix.size && path[at] == prefix.text[at]) ++at;
        if (at == prefix.size && (path[at] == '/' || path[at] == 0)) return true;
    }
    return false;
}

}  // namespace strait::preload
