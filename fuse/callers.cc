// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/callers.h"

#include <algorithm>
#include <array>

namespace strait::fuse {

vfs::CredentialRef Callers::of(fuse_req_t request) {
    if (!per_caller_) return {};
    const fuse_ctx* caller = fuse_req_ctx(request);
    const MonoTime now = MonoClock::now();
    if (known_.size() >= most) known_.clear();
    Known& row = known_[{caller->pid, caller->uid, caller->gid}];
    if (now < row.until) return row.credential;
    std::array<gid_t, 64> groups;
    int count = fuse_req_getgroups(request, groups.size(), groups.data());
    SmallVector<uint32_t, 16> all;
    for (int i = 0; i < std::min<int>(count, groups.size()); i++)
        all.push_back(ids_.groups.to_outside(groups[i]));
    row.credential = make_ref<const vfs::Credential>(
        ids_.users.to_outside(caller->uid), ids_.groups.to_outside(caller->gid), std::move(all));
    row.until = now + believed;
    return row.credential;
}

}  // namespace strait::fuse
