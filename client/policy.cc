// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/policy.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace strait::client {

namespace {
constexpr uint64_t most_ahead = 1u << 30;  // bytes
}  // namespace

vfs::CredentialRef process_credential() {
    std::vector<gid_t> room(static_cast<size_t>(std::max(getgroups(0, nullptr), 0)));
    const int count = room.empty() ? 0 : getgroups(static_cast<int>(room.size()), room.data());
    SmallVector<uint32_t, 16> groups;
    for (int i = 0; i < count; i++) groups.push_back(room[static_cast<size_t>(i)]);
    return make_ref<const vfs::Credential>(geteuid(), getegid(), std::move(groups));
}

vfs::CredentialRef credential_of(const MountOptions& options) {
    constexpr size_t most = 16;  // as many as AUTH_SYS has room for (RFC 5531 section 8.2)
    const vfs::CredentialRef own = process_credential();
    SmallVector<uint32_t, most> groups;
    for (size_t i = 0; !options.gid && i < std::min<size_t>(most, own->groups.size()); i++)
        groups.push_back(own->groups[i]);
    return make_ref<const vfs::Credential>(options.uid.value_or(own->uid),
                                           options.gid.value_or(own->gid), std::move(groups));
}

vfs::MountPolicy policy_of(const MountOptions& options, vfs::MountPolicy policy) {
    const CacheOptions& cache = options.cache;
    policy.speaks_for = credential_of(options);
    policy.read_only = options.read_only;
    policy.acregmin = cache.acregmin;
    policy.acregmax = cache.acregmax;
    policy.acdirmin = cache.acdirmin;
    policy.acdirmax = cache.acdirmax;
    if (cache.coherence == Coherence::bounded) {
        policy.acregmin = policy.acregmax = cache.bound;
        policy.acdirmin = policy.acdirmax = cache.bound;
    }
    policy.names = cache.lookup != LookupCache::none;
    policy.missing_names = cache.lookup == LookupCache::all;
    policy.close_to_open = cache.close_to_open;
    if (cache.readahead)
        policy.readahead = static_cast<uint32_t>(std::min(*cache.readahead, most_ahead));
    // Nothing is believed: what is read before it is asked for would only be thrown away.
    if (!cache.attributes || cache.coherence == Coherence::strict) {
        policy.acregmin = policy.acregmax = policy.acdirmin = policy.acdirmax = 0s;
        policy.readahead = policy.head_bytes = 0;
    }
    if (cache.sync) policy.write_behind = 0;
    return policy;
}

}  // namespace strait::client
