// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/compound.h"

namespace strait::vfs {

std::string_view op_name(size_t kind) noexcept {
    static constexpr std::array<std::string_view, std::variant_size_v<Op>> names{
        "root",    "put",     "save",      "restore",  "use_open",   "walk",       "get_handle",
        "getattr", "setattr", "access",    "open",     "downgrade",  "close",      "read",
        "write",   "commit",  "readdir",   "readlink", "create",     "remove",     "rename",
        "link",    "lock",    "test_lock", "unlock",   "seek",       "allocate",   "deallocate",
        "copy",    "clone",   "getxattr",  "setxattr", "listxattrs", "removexattr"};
    return names[kind];
}

std::string_view op_name(const Op& op) noexcept { return op_name(op.index()); }

}  // namespace strait::vfs
