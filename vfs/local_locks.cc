// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/local_locks.h"

namespace strait::vfs {

Task<> LocalLocks::lock(Handle object, Interval wanted, bool wait) {
    while (test(object, wanted)) {
        if (!wait) co_await Errc::again;
        co_await released_.wait();
    }
    objects_[object].set(wanted);
}

void LocalLocks::unlock(const Handle& object, uint64_t first, uint64_t last, const Owner& owner) {
    auto at = objects_.find(object);
    if (at == objects_.end()) return;
    at->second.clear(first, last, owner);
    if (at->second.empty()) objects_.erase(at);
    released_.notify_all();
}

std::optional<LockConflict> LocalLocks::test(const Handle& object, const Interval& wanted) const {
    auto at = objects_.find(object);
    return at == objects_.end() ? std::nullopt : at->second.conflict(wanted);
}

}  // namespace strait::vfs
