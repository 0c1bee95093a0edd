// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/verifier.h"

#include <sys/xattr.h>

#include "backend/local/sys.h"

namespace strait::local {

namespace {

// The first one that works: out of users' reach where that is permitted.
constexpr const char* names[] = {"trusted.strait.exclusive", own_verifier_xattr};

}  // namespace

void keep_verifier(int fd, const Verifier& verifier) noexcept {
    for (const char* name : names)
        if (::fsetxattr(fd, name, verifier.data(), verifier.size(), 0) == 0) return;
}

bool was_made_with(int path_fd, const Verifier& verifier) noexcept {
    ProcPath path(path_fd);
    for (const char* name : names) {
        Verifier kept;
        ssize_t size = ::getxattr(path.c_str(), name, kept.data(), kept.size());
        if (size >= 0) return size == static_cast<ssize_t>(kept.size()) && kept == verifier;
    }
    return false;
}

}  // namespace strait::local
