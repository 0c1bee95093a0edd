// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/mount_table.h"

#include "vfs/path.h"

namespace strait::vfs {

Result<> MountTable::add(MountRef mount) {
    if (at(mount->prefix())) return fail(Errc::exist);
    mounts_.push_back(std::move(mount));
    return {};
}

Mount* MountTable::at(std::string_view path) const {
    for (auto& each : mounts_)
        if (each->prefix() == path) return each.get();
    return nullptr;
}

Mount* MountTable::find(std::string_view path, std::string_view& rest) const {
    std::string so_far;
    rest = path;
    for (;;) {
        if (Mount* found = at(so_far)) return found;
        if (rest.empty()) return nullptr;
        std::string_view name = take_component(rest);
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            pop_component(so_far);
        } else {
            push_component(so_far, name);
        }
    }
}

}  // namespace strait::vfs
