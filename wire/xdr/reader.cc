// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/reader.h"

#include <algorithm>

#include "wire/xdr/types.h"

namespace strait::wire::xdr {

std::string_view to_string(Fault fault) {
    switch (fault) {
        case Fault::none:
            return "none";
        case Fault::truncated:
            return "truncated";
        case Fault::too_long:
            return "longer than its type allows";
        case Fault::bad_bool:
            return "a bool that is neither 0 nor 1";
        case Fault::bad_enum:
            return "an unknown enum value";
        case Fault::bad_arm:
            return "a union arm that does not exist";
        case Fault::trailing:
            return "bytes behind the end";
    }
    return "?";
}

Reader::Reader(BufferChain record) : record_(std::move(record)), owned_(true) {
    if (record_.empty()) return;
    const Buffer& first = record_.parts().front();
    at_ = first.data();
    end_ = at_ + first.size();
    later_ = record_.size() - first.size();
}

Reader::Reader(Bytes bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

bool Reader::fail(Fault fault) {
    if (fault_ == Fault::none) fault_ = fault;
    at_ = end_;
    later_ = 0;
    return false;
}

bool Reader::has(size_t count) { return remaining() >= count || fail(Fault::truncated); }

void Reader::next_part() {
    const Buffer& part = record_.parts()[++part_];
    at_ = part.data();
    end_ = at_ + part.size();
    later_ -= part.size();
}

void Reader::skip(size_t count) {
    while (count > 0) {
        if (at_ == end_) next_part();
        size_t here = std::min(count, static_cast<size_t>(end_ - at_));
        at_ += here;
        count -= here;
    }
}

void Reader::gather(std::byte* out, size_t count) {
    while (count > 0) {
        if (at_ == end_) next_part();
        size_t here = std::min(count, static_cast<size_t>(end_ - at_));
        std::memcpy(out, at_, here);
        out += here;
        at_ += here;
        count -= here;
    }
}

const std::byte* Reader::scalar_slow(std::byte* room, size_t count) {
    std::memset(room, 0, count);
    if (has(count)) gather(room, count);
    return room;
}

Bytes Reader::view(size_t count) {
    if (count == 0 || !has(count)) return {};
    if (at_ == end_) next_part();
    if (static_cast<size_t>(end_ - at_) >= count) {
        Bytes bytes{at_, count};
        at_ += count;
        return bytes;
    }
    Buffer whole = Buffer::allocate(count);
    gather(whole.data(), count);
    count_copied(count);
    gathered_.push_back(whole);
    return whole.bytes();
}

void Reader::skip_padding(size_t count) {
    size_t padding = padding_of(count);
    if (ok() && padding != 0 && has(padding)) skip(padding);
}

bool Reader::boolean() {
    uint32_t value = u32();
    if (value > 1) fail(Fault::bad_bool);
    return value == 1;
}

Bytes Reader::fixed(size_t count) {
    Bytes bytes = view(count);
    skip_padding(count);
    return bytes;
}

Bytes Reader::opaque_slow(uint32_t max) {
    uint32_t length = u32();
    if (length > max) fail(Fault::too_long);
    if (!ok()) return {};
    Bytes bytes = fixed(length);
    return ok() ? bytes : Bytes{};
}

BufferChain Reader::payload(uint32_t max) {
    uint32_t length = u32();
    if (length > max) fail(Fault::too_long);
    if (!ok() || !has(size_t{length} + padding_of(length))) return {};
    BufferChain slices;
    if (!owned_) {
        if (length != 0) slices.append(Buffer::copy_of(view(length)));
    } else {
        size_t left = length;
        while (left > 0) {
            if (at_ == end_) next_part();
            const Buffer& part = record_.parts()[part_];
            size_t here = std::min(left, static_cast<size_t>(end_ - at_));
            slices.append(part.slice(static_cast<size_t>(at_ - part.data()), here));
            at_ += here;
            left -= here;
        }
    }
    skip_padding(length);
    return slices;
}

uint32_t Reader::count(uint32_t max) {
    uint32_t items = u32();
    if (items > max) fail(Fault::too_long);
    if (ok() && items > remaining() / 4) fail(Fault::truncated);
    return ok() ? items : 0;
}

bool Reader::finish() {
    if (ok() && remaining() != 0) fail(Fault::trailing);
    return ok();
}

BufferChain Reader::rest() const {
    size_t left = remaining();
    if (left == 0) return {};
    if (!owned_) return BufferChain(Buffer::copy_of(Bytes{at_, left}));
    return record_.slice(record_.size() - left, left);
}

}  // namespace strait::wire::xdr
