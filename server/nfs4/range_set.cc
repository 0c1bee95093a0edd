// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/range_set.h"

#include <algorithm>

namespace strait::server::nfs4 {

namespace {
uint64_t last_of(uint64_t offset, uint64_t length) {
    return length - 1 > ~uint64_t{0} - offset || length == ~uint64_t{0} ? ~uint64_t{0}
                                                                        : offset + length - 1;
}
}  // namespace

void RangeSet::remove(uint64_t offset, uint64_t length) {
    if (length == 0) return;
    uint64_t last = last_of(offset, length);
    auto at = ranges_.upper_bound(offset);
    if (at != ranges_.begin() && std::prev(at)->second >= offset) --at;
    while (at != ranges_.end() && at->first <= last) {
        auto [begin, end] = *at;
        at = ranges_.erase(at);
        if (begin < offset) ranges_[begin] = offset - 1;
        if (end > last) ranges_[last + 1] = end;
    }
}

void RangeSet::add(uint64_t offset, uint64_t length) {
    if (length == 0) return;
    remove(offset, length);
    uint64_t first = offset;
    uint64_t last = last_of(offset, length);
    auto after = ranges_.upper_bound(offset);
    if (after != ranges_.begin() && std::prev(after)->second == first - 1) {
        --after;
        first = after->first;
        after = ranges_.erase(after);
    }
    if (after != ranges_.end() && last != ~uint64_t{0} && after->first == last + 1) {
        last = after->second;
        ranges_.erase(after);
    }
    ranges_[first] = last;
}

}  // namespace strait::server::nfs4
