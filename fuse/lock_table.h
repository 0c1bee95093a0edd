// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Which owners hold locks on one file through this mount, and by which open: when one of an owner's
// descriptors is closed all of its locks go (POSIX), whichever open took them.

#include <algorithm>
#include <vector>

#include "vfs/open_regular.h"

namespace strait::fuse {

class LockTable {
  public:
    struct Holder {
        uint64_t owner = 0;
        Ref<vfs::OpenRegular> by;
        pid_t pid = 0;
    };

    void took(const Holder& holder) {
        for (auto& each : holders_)
            if (each.owner == holder.owner && each.by == holder.by) return;
        holders_.push_back(holder);
    }
    // Gives the rows of `owner`, and forgets them.
    std::vector<Holder> take(uint64_t owner) {
        auto rest = std::partition(holders_.begin(), holders_.end(),
                                   [owner](auto& each) { return each.owner != owner; });
        std::vector<Holder> taken(rest, holders_.end());
        holders_.erase(rest, holders_.end());
        return taken;
    }
    // What is held by an open ends with it.
    void closed(const vfs::OpenRegular& open) {
        std::erase_if(holders_, [&open](auto& each) { return each.by.get() == &open; });
    }
    const std::vector<Holder>& holders() const { return holders_; }

  private:
    std::vector<Holder> holders_;
};

}  // namespace strait::fuse
