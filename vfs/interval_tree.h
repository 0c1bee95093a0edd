// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Intervals that may overlap, each of an owner: finds one that meets a range in O(log n), apart
// from those it is told to skip. A treap ordered by (first, owner); each subtree knows how far its
// intervals reach.

#include <cstdint>
#include <memory>

#include "vfs/compound.h"

namespace strait::vfs {

struct Interval {
    uint64_t first = 0, last = 0;  // both included
    LockKind kind = LockKind::read;
    Owner owner;
};

class IntervalTree {
  public:
    IntervalTree();
    ~IntervalTree();
    IntervalTree(IntervalTree&&) noexcept;
    IntervalTree& operator=(IntervalTree&&) noexcept;

    // One interval of an owner begins at one place only.
    void insert(const Interval& interval);
    void erase(uint64_t first, const Owner& owner);
    // An interval of another owner that meets [first, last] and may not stand beside a lock of
    // `kind`; null when there is none.
    const Interval* find_conflict(const Interval& wanted) const;
    bool empty() const noexcept { return !top_; }

  private:
    struct Item;
    using Link = std::unique_ptr<Item>;
    Link top_;
    uint64_t random_ = 0x9e3779b97f4a7c15u;
};

}  // namespace strait::vfs
