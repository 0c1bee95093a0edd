// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where a path argument leads: to the kernel, or to the agent, and then from which directory.

#include <fcntl.h>

#include "preload/shim/settings.h"
#include "preload/shim/table.h"

namespace strait::preload {

struct Where {
    const char* path = "";
    uint64_t token = 0;       // the directory it starts at; 0: it is absolute
    uint64_t instance = 0;    // of the token
    Open* open = nullptr;     // with an empty path: the open meant itself
    bool executable = false;  // /proc/self/exe, and that is our copy of `path`
    bool redirected = false;  // the agent said: go on at the local path in `buffer`
    char buffer[shm::path_max];
};

// Whether a path that does not begin with a prefix as it stands names a prefix's last component, as
// a way in from outside must: "n/a" from "/", "../n", "//n".
bool names_prefix(const char* path) noexcept;

// Quick and never wrong about no: whether locate() need be asked at all.
inline bool maybe_ours(int dirfd, const char* path) noexcept {
    if (!path) return find(dirfd) != nullptr;
    if (path[0] == '/')
        return covered(path) ||
               ((path[1] == 'd' || path[1] == 'p') && (open_count() != 0 || settings.executable)) ||
               names_prefix(path);
    return (dirfd == AT_FDCWD ? settings.cwd[0] != 0 : find(dirfd) != nullptr) ||
           names_prefix(path);
}
// Whether the path is the agent's matter; then `where` says what to tell it.
bool locate(Where& where, int dirfd, const char* path) noexcept;

}  // namespace strait::preload
