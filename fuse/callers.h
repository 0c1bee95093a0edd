// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// On whose behalf a request runs at the server: its caller with all groups, or one identity for
// all.

#include <map>
#include <tuple>

#include "base/time.h"
#include "fuse/id_map.h"
#include "fuse/library.h"
#include "vfs/credential.h"

namespace strait::fuse {

class Callers {
  public:
    // Not per caller: everybody is the mount's own user. `ids` outlives this.
    Callers(bool per_caller, const IdMaps& ids) : per_caller_(per_caller), ids_(ids) {}
    // Null: the mount's own user.
    vfs::CredentialRef of(fuse_req_t request);

  private:
    // Groups stand in /proc: reading them costs more than a cached stat, so they are believed for
    // as long as a process takes to change them and to go on.
    static constexpr Duration believed = 200ms;
    static constexpr size_t most = 512;
    struct Known {
        vfs::CredentialRef credential;
        MonoTime until{};
    };
    const bool per_caller_;
    const IdMaps& ids_;
    std::map<std::tuple<pid_t, uid_t, gid_t>, Known> known_;
};

}  // namespace strait::fuse
