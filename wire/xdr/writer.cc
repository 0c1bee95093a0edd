// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/writer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "wire/xdr/types.h"

namespace strait::wire::xdr {

namespace {
constexpr size_t largest_block = 64 * 1024;
}

void Writer::grow(size_t count) {
    flush();
    size_t size = std::max(next_block_, count);
    blocks_.push_back(Buffer::allocate(size));
    begin_ = at_ = blocks_.back().data();
    limit_ = at_ + size;
    next_block_ = std::min(largest_block, size * 2);
}

// Closes the open stretch of the block, so that something can stand behind it.
void Writer::flush() {
    if (at_ == begin_) return;
    const Buffer& block = blocks_.back();
    parts_.push_back(
        block.slice(static_cast<size_t>(begin_ - block.data()), static_cast<size_t>(at_ - begin_)));
    begin_ = at_;
}

void Writer::pad(size_t count) {
    if (size_t padding = padding_of(count)) std::memset(room(padding), 0, padding);
}

void Writer::fixed(Bytes bytes) {
    size_t done = 0;
    while (done < bytes.size()) {
        if (at_ == limit_) grow(std::min(bytes.size() - done, largest_block));
        size_t here = std::min(bytes.size() - done, static_cast<size_t>(limit_ - at_));
        std::memcpy(room(here), bytes.data() + done, here);
        done += here;
    }
    pad(bytes.size());
}

void Writer::opaque(Bytes bytes) {
    const size_t padded = bytes.size() + padding_of(bytes.size());
    if (static_cast<size_t>(limit_ - at_) >= 4 + padded) [[likely]] {
        std::byte* p = room(4 + padded);
        const uint32_t length = __builtin_bswap32(static_cast<uint32_t>(bytes.size()));
        std::memcpy(p, &length, 4);
        if (padded == 0) return;
        std::memset(p + padded, 0, 4);  // the last word, for its padding
        std::memcpy(p + 4, bytes.data(), bytes.size());
        return;
    }
    u32(static_cast<uint32_t>(bytes.size()));
    fixed(bytes);
}

void Writer::splice(BufferChain slices) {
    if (slices.empty()) return;
    flush();
    size_ += slices.size();
    for (const Buffer& part : slices.parts()) parts_.push_back(part);
}

void Writer::payload(BufferChain slices) {
    size_t count = slices.size();
    u32(static_cast<uint32_t>(count));
    splice(std::move(slices));
    pad(count);
}

Writer::Mark Writer::mark() const {
    Mark made;
    made.size_ = size_;
    made.parts_ = parts_.size();
    made.blocks_ = blocks_.size();
    made.begin_ = begin_;
    made.at_ = at_;
    return made;
}

void Writer::rollback(const Mark& mark) {
    assert(mark.size_ <= size_ && mark.parts_ <= parts_.size() && mark.blocks_ <= blocks_.size());
    while (parts_.size() > mark.parts_) parts_.pop_back();
    while (blocks_.size() > mark.blocks_) blocks_.pop_back();
    begin_ = mark.begin_;
    at_ = mark.at_;
    limit_ = blocks_.empty() ? nullptr : blocks_.back().data() + blocks_.back().size();
    size_ = mark.size_;
}

BufferChain Writer::since(const Mark& mark) {
    flush();
    BufferChain all;
    size_t part = mark.parts_;
    // A stretch that was open at the mark was closed later and starts before the mark.
    size_t before = static_cast<size_t>(mark.at_ - mark.begin_);
    for (; part < parts_.size(); part++) all.append(parts_[part]);
    return all.slice(before, size_ - mark.size_);
}

BufferChain Writer::take() {
    flush();
    BufferChain chain;
    for (Buffer& part : parts_) chain.append(std::move(part));
    assert(chain.size() == size_);
    parts_.clear();
    blocks_.clear();
    begin_ = at_ = limit_ = nullptr;
    size_ = 0;
    return chain;
}

}  // namespace strait::wire::xdr
