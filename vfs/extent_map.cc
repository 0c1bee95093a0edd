// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/extent_map.h"

#include <algorithm>

namespace strait::vfs {

ExtentMap::Extents::const_iterator ExtentMap::first_after(uint64_t offset) const {
    auto at = extents_.upper_bound(offset);
    if (at != extents_.begin()) {
        auto before = std::prev(at);
        if (before->first + before->second.size() > offset) return before;
    }
    return at;
}

bool ExtentMap::overlaps(uint64_t offset, uint64_t count) const {
    auto at = first_after(offset);
    return count > 0 && at != extents_.end() && at->first < offset + count;
}

void ExtentMap::cut(uint64_t offset, uint64_t count) {
    uint64_t end = count > ~uint64_t{0} - offset ? ~uint64_t{0} : offset + count;
    for (auto at = first_after(offset); at != extents_.end() && at->first < end;) {
        uint64_t begin = at->first;
        BufferChain data = std::move(extents_.extract(at++).mapped());
        bytes_ -= data.size();
        if (begin < offset) {
            BufferChain left = data.slice(0, offset - begin);
            bytes_ += left.size();
            extents_.emplace(begin, std::move(left));
        }
        if (begin + data.size() > end) {
            BufferChain right = data.slice(end - begin, begin + data.size() - end);
            bytes_ += right.size();
            extents_.emplace(end, std::move(right));
        }
    }
}

void ExtentMap::cut(const ExtentMap& others) {
    for (auto& [offset, data] : others.extents_) cut(offset, data.size());
}

void ExtentMap::put(uint64_t offset, BufferChain data) {
    if (data.empty()) return;
    cut(offset, data.size());
    bytes_ += data.size();
    uint64_t end = offset + data.size();
    auto next = extents_.lower_bound(offset);
    auto joined = extents_.end();
    if (next != extents_.begin()) {
        auto before = std::prev(next);
        if (before->first + before->second.size() == offset) {
            before->second.append(std::move(data));
            joined = before;
        }
    }
    if (joined == extents_.end()) joined = extents_.emplace(offset, std::move(data)).first;
    if (next != extents_.end() && next->first == end) {
        joined->second.append(std::move(next->second));
        extents_.erase(next);
    }
}

void ExtentMap::put_under(uint64_t offset, const BufferChain& data) {
    ExtentMap gaps;
    gaps.put(offset, data);
    gaps.cut(*this);
    for (auto& [begin, piece] : gaps.extents_) put(begin, std::move(piece));
}

BufferChain ExtentMap::take(Extents::iterator at, size_t most) {
    uint64_t begin = at->first;
    BufferChain data = std::move(extents_.extract(at).mapped());
    bytes_ -= data.size();
    if (data.size() <= most) return data;
    BufferChain rest = data.slice(most, data.size() - most);
    bytes_ += rest.size();
    extents_.emplace(begin + most, std::move(rest));
    return data.slice(0, most);
}

std::optional<BufferChain> ExtentMap::covered(uint64_t offset, size_t count) const {
    auto at = first_after(offset);
    if (at == extents_.end() || at->first > offset) return std::nullopt;
    // Adjacent pieces are one, so one piece covers it or none does.
    if (at->first + at->second.size() < offset + count) return std::nullopt;
    return at->second.slice(offset - at->first, count);
}

uint64_t ExtentMap::end() const {
    return extents_.empty() ? 0 : extents_.rbegin()->first + extents_.rbegin()->second.size();
}

void ExtentMap::clear() {
    extents_.clear();
    bytes_ = 0;
}

}  // namespace strait::vfs
