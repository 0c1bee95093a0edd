// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a posix_spawn_file_actions_t holds. libc has no function that tells; its layout has been the
// same since glibc 2.29, and is tried on a list of our own before it is believed.

#include <sys/types.h>

#include <cstddef>

namespace strait::preload {

struct SpawnAction {
    enum Kind : int { close, dup2, open, chdir, fchdir, closefrom, tcsetpgrp };
    Kind kind;
    union {
        int fd;  // close, fchdir, closefrom, tcsetpgrp
        struct {
            int from, to;
        } copied;
        struct {
            int fd;
            char* path;
            int flags;
            mode_t mode;
        } opened;
        char* path;  // chdir
    };
};

struct SpawnActions {
    const SpawnAction* list = nullptr;
    size_t count = 0;
    const SpawnAction* begin() const noexcept { return list; }
    const SpawnAction* end() const noexcept { return list + count; }
};

// False: libc's list is not as we know it, or holds what we do not know.
bool read_actions(const void* actions, SpawnActions& out) noexcept;

}  // namespace strait::preload
