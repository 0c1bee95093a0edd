// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/range_locks.h"

#include <algorithm>

namespace strait::vfs {

std::optional<LockConflict> RangeLocks::conflict(const Interval& wanted) const {
    const Interval* found = all_.find_conflict(wanted);
    if (!found) return std::nullopt;
    uint64_t length = found->last == ~uint64_t{0} ? lock_to_end : found->last - found->first + 1;
    return LockConflict{found->first, length, found->kind, found->owner};
}

void RangeLocks::add(Ranges& ranges, const Interval& interval) {
    ranges.emplace(interval.first, Held{interval.last, interval.kind});
    all_.insert(interval);
}

void RangeLocks::remove(Ranges& ranges, Ranges::iterator at, const Owner& owner) {
    all_.erase(at->first, owner);
    ranges.erase(at);
}

// Takes [first, last] out of the owner's ranges; what sticks out on either side stays.
void RangeLocks::cut(Ranges& ranges, uint64_t first, uint64_t last, const Owner& owner) {
    auto at = ranges.upper_bound(first);
    if (at != ranges.begin() && std::prev(at)->second.last >= first) --at;
    while (at != ranges.end() && at->first <= last) {
        Interval old{at->first, at->second.last, at->second.kind, owner};
        auto next = std::next(at);
        remove(ranges, at, owner);
        if (old.first < first) add(ranges, {old.first, first - 1, old.kind, owner});
        if (old.last > last) add(ranges, {last + 1, old.last, old.kind, owner});
        at = next;
    }
}

void RangeLocks::set(const Interval& wanted) {
    Ranges& ranges = owners_[{wanted.owner.client, wanted.owner.id}];
    cut(ranges, wanted.first, wanted.last, wanted.owner);
    Interval merged = wanted;
    auto after = ranges.upper_bound(wanted.first);
    if (after != ranges.end() && after->second.kind == wanted.kind && wanted.last != ~uint64_t{0} &&
        after->first == wanted.last + 1) {
        merged.last = after->second.last;
        remove(ranges, after, wanted.owner);
    }
    auto before = ranges.lower_bound(wanted.first);
    if (before != ranges.begin()) {
        --before;
        if (before->second.kind == wanted.kind && before->second.last + 1 == wanted.first) {
            merged.first = before->first;
            remove(ranges, before, wanted.owner);
        }
    }
    add(ranges, merged);
}

void RangeLocks::clear(uint64_t first, uint64_t last, const Owner& owner) {
    auto found = owners_.find({owner.client, owner.id});
    if (found == owners_.end()) return;
    cut(found->second, first, last, owner);
    if (found->second.empty()) owners_.erase(found);
}

Result<std::pair<uint64_t, uint64_t>> lock_range(uint64_t offset, uint64_t length) {
    if (length == 0) return fail(Errc::inval);
    if (length == lock_to_end) return std::pair{offset, ~uint64_t{0}};
    if (length > ~offset) return fail(Errc::inval);
    return std::pair{offset, offset + (length - 1)};
}

}  // namespace strait::vfs
