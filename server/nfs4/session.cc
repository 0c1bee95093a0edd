// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/session.h"

#include <algorithm>

namespace strait::server::nfs4 {

namespace {
constexpr size_t remembered_connections = 64;
}

void Session::bind(uint64_t connection) {
    std::lock_guard guard(mutex_);
    if (std::ranges::find(connections_, connection) != connections_.end()) return;
    if (connections_.size() >= remembered_connections) connections_.erase(connections_.begin());
    connections_.push_back(connection);
}

bool Session::bound(uint64_t connection) const {
    std::lock_guard guard(mutex_);
    return std::ranges::find(connections_, connection) != connections_.end();
}

}  // namespace strait::server::nfs4
