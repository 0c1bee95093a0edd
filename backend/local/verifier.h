// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The verifier of an exclusive create (RFC 8881 section 18.16.3), kept in an xattr of the file: the
// same create sent again after the server was killed and started anew finds its own file. On a file
// system without xattrs it is not kept, and such a create says `exist`.

#include <array>
#include <cstddef>

namespace strait::local {

using Verifier = std::array<std::byte, 8>;

// Where it is kept without the privilege for `trusted.`; no client is told of it.
constexpr const char* own_verifier_xattr = "user.strait.exclusive";

void keep_verifier(int fd, const Verifier& verifier) noexcept;
// Was this file made with `verifier`? `path_fd` may be O_PATH.
bool was_made_with(int path_fd, const Verifier& verifier) noexcept;

}  // namespace strait::local
