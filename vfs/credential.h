// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// On whose behalf a compound runs. Immutable once shared.

#include "base/ref.h"
#include "base/small_vector.h"

namespace strait::vfs {

class Credential final : public RefCounted {
  public:
    Credential(uint32_t uid_, uint32_t gid_, SmallVector<uint32_t, 16> groups_ = {})
        : uid(uid_), gid(gid_), groups(std::move(groups_)) {}

    const uint32_t uid;
    const uint32_t gid;
    const SmallVector<uint32_t, 16> groups;  // supplementary

    bool is_root() const { return uid == 0; }
    bool in_group(uint32_t group) const {
        if (group == gid) return true;
        for (uint32_t each : groups)
            if (each == group) return true;
        return false;
    }
};

using CredentialRef = Ref<const Credential>;

}  // namespace strait::vfs
