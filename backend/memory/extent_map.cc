// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/extent_map.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace strait::backend {

namespace {

constexpr size_t zeroes_size = 256u << 10;
constexpr size_t worth_keeping = 16u << 10;  // bytes: below, a copy is cheaper than a share

// One block of zeroes for all holes; never freed, so that it outlives every reader.
const Buffer& zeroes() {
    static const Buffer* block = [] {
        auto* made = new Buffer(Buffer::allocate(zeroes_size));
        std::memset(made->data(), 0, made->size());
        return made;
    }();
    return *block;
}

void append_zeroes(BufferChain& chain, uint64_t count) {
    for (; count > 0; count -= std::min<uint64_t>(count, zeroes_size))
        chain.append(zeroes().slice(0, std::min<uint64_t>(count, zeroes_size)));
}

bool ours_alone(const Buffer& data) { return data.block()->ref_count() == 1; }

// Bytes of the block behind the slice.
size_t spare(const Buffer& data) {
    const Block& block = *data.block();
    return static_cast<size_t>(block.data() + block.capacity() - (data.data() + data.size()));
}

// A slice that is most of its block: keeping it does not pin memory that nobody uses.
bool keepable(const Buffer& part) {
    return part.size() >= worth_keeping && part.block()->keepable() &&
           part.size() * 2 >= part.block()->capacity();
}

}  // namespace

ExtentMap::Map::const_iterator ExtentMap::containing(uint64_t offset) const {
    auto next = extents_.upper_bound(offset);
    if (next == extents_.begin()) return extents_.end();
    auto at = std::prev(next);
    return offset < at->first + at->second.size ? at : extents_.end();
}

ExtentMap::Map::iterator ExtentMap::containing(uint64_t offset) {
    auto found = std::as_const(*this).containing(offset);
    return extents_.erase(found, found);  // the mutable form of a const iterator
}

uint64_t ExtentMap::missing(uint64_t offset, uint64_t length) const {
    if (length == 0) return 0;
    uint64_t begin = floor(offset), end = ceil(offset + length), held = 0;
    auto at = containing(begin);
    if (at == extents_.end()) at = extents_.lower_bound(begin);
    for (; at != extents_.end() && at->first < end; ++at)
        held += std::min(end, at->first + at->second.size) - std::max(begin, at->first);
    return end - begin - held;
}

BufferChain ExtentMap::read(uint64_t offset, uint64_t length) const {
    BufferChain chain;
    uint64_t end = offset + length;
    auto at = containing(offset);
    if (at == extents_.end()) at = extents_.lower_bound(offset);
    while (offset < end) {
        if (at == extents_.end() || at->first >= end) {
            append_zeroes(chain, end - offset);
            break;
        }
        if (offset < at->first) append_zeroes(chain, at->first - offset);
        offset = std::max(offset, at->first);
        uint64_t here = std::min(end, at->first + at->second.size) - offset;
        if (at->second.data.empty())
            append_zeroes(chain, here);
        else
            chain.append(at->second.data.slice(offset - at->first, here));
        offset += here;
        ++at;
    }
    return chain;
}

void ExtentMap::write(uint64_t offset, const BufferChain& data) {
    for (const Buffer& part : data.parts()) {
        uint64_t head = std::min<uint64_t>(ceil(offset) - offset, part.size());
        uint64_t body = floor(part.size() - head);
        if (keepable(part) && body >= worth_keeping) {
            copy_in(offset, part.bytes().first(head));
            keep(offset + head, part.slice(head, body));
            copy_in(offset + head + body, part.bytes().subspan(head + body));
        } else {
            copy_in(offset, part.bytes());
        }
        offset += part.size();
    }
}

void ExtentMap::keep(uint64_t offset, Buffer slice) {
    drop(offset, offset + slice.size());
    insert(offset, Extent{slice.size(), std::move(slice)});
}

void ExtentMap::copy_in(uint64_t offset, Bytes bytes) {
    count_copied(bytes.size());
    while (!bytes.empty()) {
        auto at = containing(offset);
        size_t done = at == extents_.end() ? fill_hole(offset, bytes) : replace(at, offset, bytes);
        offset += done;
        bytes = bytes.subspan(done);
    }
}

// Writes into the extent `at`; returns how many bytes went there.
size_t ExtentMap::replace(Map::iterator at, uint64_t offset, Bytes bytes) {
    uint64_t start = at->first, end = start + at->second.size;
    size_t here = std::min<uint64_t>(bytes.size(), end - offset);
    Buffer& held = at->second.data;
    if (!held.empty() && ours_alone(held)) {
        std::memcpy(held.data() + (offset - start), bytes.data(), here);
        return here;
    }
    here = std::min<uint64_t>(here, largest_extent - (offset - floor(offset)));
    uint64_t first = floor(offset), last = ceil(offset + here);
    Buffer fresh = Buffer::allocate(last - first);
    if (held.empty()) {
        std::memset(fresh.data(), 0, offset - first);
        std::memset(fresh.data() + (offset + here - first), 0, last - offset - here);
    } else {
        const std::byte* old = held.data() + (first - start);
        std::memcpy(fresh.data(), old, offset - first);
        size_t tail = offset + here - first;
        std::memcpy(fresh.data() + tail, old + tail, last - first - tail);
        count_copied(last - first - here);
    }
    std::memcpy(fresh.data() + (offset - first), bytes.data(), here);
    keep(first, std::move(fresh));
    return here;
}

// Writes where no extent is, up to the next one. A sequential writer gets blocks that double, so
// that a large file is few slices; a single page elsewhere costs one page.
size_t ExtentMap::fill_hole(uint64_t offset, Bytes bytes) {
    uint64_t first = floor(offset);
    auto next = extents_.upper_bound(offset);
    uint64_t limit = next == extents_.end() ? ~uint64_t{0} : next->first;
    uint64_t last = std::min({ceil(offset + bytes.size()), limit, first + largest_extent});
    uint64_t wanted = last - first;
    Extent* before = nullptr;
    if (next != extents_.begin()) {
        auto previous = std::prev(next);
        if (previous->first + previous->second.size == first) before = &previous->second;
    }
    bool grows = before && !before->data.empty() && ours_alone(before->data) &&
                 spare(before->data) >= page && before->size < largest_extent;
    std::byte* room;
    if (grows) {
        wanted = std::min(wanted, floor(spare(before->data)));
        room = before->data.data() + before->size;
        before->size += wanted;
        before->data = Buffer(before->data.block(), before->data.data(), before->size);
        allocated_ += wanted;
    } else {
        uint64_t capacity = before ? std::clamp(before->size * 2, wanted, largest_extent) : wanted;
        Buffer fresh = Buffer::allocate(capacity);
        room = fresh.data();
        fresh.trim_to(wanted);
        insert(first, Extent{wanted, std::move(fresh)});
    }
    size_t head = offset - first, here = std::min<uint64_t>(bytes.size(), wanted - head);
    std::memset(room, 0, head);
    std::memcpy(room + head, bytes.data(), here);
    std::memset(room + head + here, 0, wanted - head - here);
    return here;
}

void ExtentMap::insert(uint64_t offset, Extent extent) {
    assert(extent.size > 0 && floor(extent.size) == extent.size);
    allocated_ += extent.size;
    [[maybe_unused]] bool fresh = extents_.emplace(offset, std::move(extent)).second;
    assert(fresh);
}

// Makes `offset`, a page boundary, a boundary of extents.
void ExtentMap::split(uint64_t offset) {
    auto at = containing(offset);
    if (at == extents_.end() || at->first == offset) return;
    Extent& left = at->second;
    uint64_t kept = offset - at->first;
    Extent right{left.size - kept, {}};
    if (!left.data.empty()) {
        right.data = left.data.slice(kept, right.size);
        left.data.trim_to(kept);
    }
    left.size = kept;
    extents_.emplace_hint(std::next(at), offset, std::move(right));
}

void ExtentMap::drop(uint64_t begin, uint64_t end) {
    split(begin);
    split(end);
    auto at = extents_.lower_bound(begin);
    while (at != extents_.end() && at->first < end) {
        allocated_ -= at->second.size;
        at = extents_.erase(at);
    }
}

// Zeroes bytes within one page.
void ExtentMap::zero(uint64_t offset, uint64_t end) {
    static constexpr std::array<std::byte, page> nothing{};
    auto at = containing(offset);
    if (offset >= end || at == extents_.end() || at->second.data.empty()) return;
    size_t done = replace(at, offset, Bytes(nothing).first(end - offset));
    assert(done == end - offset);
    (void)done;
}

void ExtentMap::punch(uint64_t offset, uint64_t length) {
    if (length == 0) return;
    uint64_t end = length > ~offset ? ~uint64_t{0} : offset + length;
    uint64_t first = ceil(offset), last = floor(end);
    if (floor(offset) == last) return zero(offset, end);
    zero(offset, first);
    zero(last, end);
    if (first < last) drop(first, last);
}

void ExtentMap::reserve(uint64_t offset, uint64_t length) {
    uint64_t begin = floor(offset), end = ceil(offset + length);
    while (begin < end) {
        auto at = containing(begin);
        if (at != extents_.end()) {
            begin = at->first + at->second.size;
            continue;
        }
        auto next = extents_.upper_bound(begin);
        uint64_t here = std::min(end, next == extents_.end() ? end : next->first) - begin;
        insert(begin, Extent{here, {}});
        begin += here;
    }
}

void ExtentMap::share(const ExtentMap& source, uint64_t from, uint64_t to, uint64_t length) {
    assert(floor(from) == from && floor(to) == to && floor(length) == length);
    if (length == 0) return;
    drop(to, to + length);
    uint64_t end = from + length;
    auto at = source.containing(from);
    if (at == source.extents_.end()) at = source.extents_.lower_bound(from);
    for (; at != source.extents_.end() && at->first < end; ++at) {
        uint64_t first = std::max(from, at->first);
        uint64_t last = std::min(end, at->first + at->second.size);
        Extent shared{last - first, {}};
        if (!at->second.data.empty())
            shared.data = at->second.data.slice(first - at->first, shared.size);
        insert(to + (first - from), std::move(shared));
    }
}

std::optional<uint64_t> ExtentMap::next_data(uint64_t offset) const {
    auto at = containing(offset);
    if (at == extents_.end()) at = extents_.lower_bound(offset);
    while (at != extents_.end() && at->second.data.empty()) ++at;
    if (at == extents_.end()) return std::nullopt;
    return std::max(offset, at->first);
}

uint64_t ExtentMap::next_hole(uint64_t offset) const {
    auto at = containing(offset);
    while (at != extents_.end() && !at->second.data.empty() && at->first <= offset) {
        offset = at->first + at->second.size;
        ++at;
    }
    return offset;
}

}  // namespace strait::backend
