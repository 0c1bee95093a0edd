// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The local namespace: which mount a path belongs to.

#include <vector>

#include "vfs/mount.h"

namespace strait::vfs {

class MountTable {
  public:
    Result<> add(MountRef mount);  // exist
    const std::vector<MountRef>& all() const { return mounts_; }
    // The mount whose prefix is exactly this joined path, or null.
    Mount* at(std::string_view path) const;
    // The first mount that `path` (absolute, normalised or not) comes to, lexically, and in `rest`
    // what of the path follows its prefix; null when it comes to none.
    Mount* find(std::string_view path, std::string_view& rest) const;

  private:
    std::vector<MountRef> mounts_;
};

}  // namespace strait::vfs
