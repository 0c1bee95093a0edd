// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/grace.h"

namespace strait::server::nfs4 {

SharedGrace::SharedGrace(std::set<std::string> recorded, MonoTime end)
    : waiting_(recorded), recorded_(std::move(recorded)), end_(end), active_(!waiting_.empty()) {}

bool SharedGrace::may_reclaim(const std::string& owner) const {
    if (!active()) return false;
    std::lock_guard guard(mutex_);
    return recorded_.contains(owner);
}

bool SharedGrace::completed(const std::string& owner) {
    if (!active()) return false;
    std::lock_guard guard(mutex_);
    return waiting_.erase(owner) == 1 && waiting_.empty();
}

std::vector<std::string> SharedGrace::missing() const {
    std::lock_guard guard(mutex_);
    return {waiting_.begin(), waiting_.end()};
}

void SharedGrace::end() {
    std::lock_guard guard(mutex_);
    waiting_.clear();
    recorded_.clear();
    active_.store(false, std::memory_order_release);
}

}  // namespace strait::server::nfs4
