// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The byte-range locks of one object, as POSIX has them: a lock of an owner replaces what that
// owner held there, neighbours of one kind become one, an unlock in the middle leaves two. Not
// thread-safe: the lease table guards it.

#include <map>
#include <optional>

#include "vfs/interval_tree.h"

namespace strait::vfs {

class RangeLocks {
  public:
    // Who would stand in the way of `wanted`.
    std::optional<LockConflict> conflict(const Interval& wanted) const;
    // Takes the lock; the caller asked conflict() first.
    void set(const Interval& wanted);
    // Gives up what `owner` holds in [first, last].
    void clear(uint64_t first, uint64_t last, const Owner& owner);
    bool holds(const Owner& owner) const { return owners_.contains({owner.client, owner.id}); }
    bool empty() const noexcept { return owners_.empty(); }

  private:
    struct Held {
        uint64_t last;
        LockKind kind;
    };
    using Ranges = std::map<uint64_t, Held>;  // by first byte; disjoint
    using OwnerKey = std::pair<uint64_t, uint64_t>;

    void add(Ranges& ranges, const Interval& interval);
    void remove(Ranges& ranges, Ranges::iterator at, const Owner& owner);
    void cut(Ranges& ranges, uint64_t first, uint64_t last, const Owner& owner);

    std::map<OwnerKey, Ranges> owners_;
    IntervalTree all_;
};

// [offset, offset+length) as first and last byte. Errc::inval: no bytes, or past 2^64
// (RFC 8881 section 18.10.3); lock_to_end is to the end of all offsets.
Result<std::pair<uint64_t, uint64_t>> lock_range(uint64_t offset, uint64_t length);

}  // namespace strait::vfs
