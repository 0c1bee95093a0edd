// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Locks of what no server locks: NFSv4 has byte-range locks of regular files only, so those of a
// directory hold among the users of one Mount, as with Linux's client.

#include <unordered_map>

#include "base/sync.h"
#include "vfs/handle.h"
#include "vfs/range_locks.h"

namespace strait::vfs {

class LocalLocks {
  public:
    // Errc::again: somebody else has it, and this does not wait; the scope's reason while it waits.
    Task<> lock(Handle object, Interval wanted, bool wait);
    void unlock(const Handle& object, uint64_t first, uint64_t last, const Owner& owner);
    std::optional<LockConflict> test(const Handle& object, const Interval& wanted) const;

  private:
    std::unordered_map<Handle, RangeLocks, HandleHash> objects_;
    Signal released_;
};

}  // namespace strait::vfs
