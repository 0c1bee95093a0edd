// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How long the kernel may believe what it is told: the one place where that is decided. It is what
// nfs(5) gives: names for acdirmin, attributes for as long as the vfs itself would believe them.
// Leases will stretch both here.

#include "vfs/mount.h"

namespace strait::fuse {

struct TrustOptions {
    bool names = true;                    // lookupcache=none turns it off
    Duration missing = Duration::zero();  // names that are not there
};

class Trust {
  public:
    Trust(vfs::Mount& mount, TrustOptions options) : mount_(mount), options_(options) {}
    // Seconds, as the kernel is told.
    double name() const;
    double missing_name() const;
    double attributes(const vfs::Handle& handle) const;

  private:
    vfs::Mount& mount_;
    const TrustOptions options_;
};

}  // namespace strait::fuse
