// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The grace period after a restart (RFC 8881 section 8.4): clients on record take back what they
// held, and nobody takes anything new. It ends with its time, or when all on record have said
// RECLAIM_COMPLETE. The records of those who did not are gone before anything new is granted, so
// that they cannot reclaim after a second restart what others hold by then (section 8.4.3).

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"

namespace strait::server::nfs4 {

// Shared by all cores.
class SharedGrace {
  public:
    // Without anybody on record there is nothing to wait for.
    SharedGrace(std::set<std::string> recorded, MonoTime end);

    bool active() const noexcept { return active_.load(std::memory_order_acquire); }
    bool may_reclaim(const std::string& owner) const;
    // The client needs to reclaim no more. True: it was the last one, end() is due.
    bool completed(const std::string& owner);
    bool due(MonoTime now) const { return active() && now >= end_; }
    // Those who did not come back: drop their records, then call end().
    std::vector<std::string> missing() const;
    void end();

  private:
    mutable std::mutex mutex_;
    std::set<std::string> waiting_;
    std::set<std::string> recorded_;
    const MonoTime end_;
    std::atomic<bool> active_;
};

}  // namespace strait::server::nfs4
