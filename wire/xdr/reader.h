// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Reads XDR from a received record. The record may come in several slices: what lies in one slice
// is returned as a view into it; a small field across a boundary is gathered into a buffer that the
// Reader keeps; payloads stay slices. The first fault sticks: later reads return zero values, so a
// sequence needs one check at its end. Invariant: no length or count is believed before it is held
// against its limit and the bytes at hand.

#include <cstring>
#include <string_view>

#include "base/buffer.h"
#include "base/small_vector.h"

namespace strait::wire::xdr {

enum class Fault : uint8_t { none, truncated, too_long, bad_bool, bad_enum, bad_arm, trailing };
std::string_view to_string(Fault fault);

class Reader {
  public:
    explicit Reader(BufferChain record);
    // Over bytes that outlive the Reader. payload() then has to copy.
    explicit Reader(Bytes bytes);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    uint32_t u32() {
        std::byte room[4];
        const std::byte* p = scalar(room, 4);
        uint32_t value;
        std::memcpy(&value, p, 4);
        return __builtin_bswap32(value);
    }
    uint64_t u64() {
        std::byte room[8];
        const std::byte* p = scalar(room, 8);
        uint64_t value;
        std::memcpy(&value, p, 8);
        return __builtin_bswap64(value);
    }
    // Anything but 0 and 1 is Fault::bad_bool.
    bool boolean();
    // opaque[count]: a view of `count` bytes; the padding behind is skipped and may hold anything
    // (RFC 4506 3 asks for zeroes of the sender; peers that leave garbage exist and nobody can be
    // harmed by it).
    Bytes fixed(size_t count);
    // opaque<max>
    Bytes opaque(uint32_t max) {
        // Mostly all of it, with its padding, lies in one slice.
        const auto here = static_cast<size_t>(end_ - at_);
        if (here >= 4) [[likely]] {
            uint32_t length;
            std::memcpy(&length, at_, 4);
            length = __builtin_bswap32(length);
            const size_t padded = (size_t{length} + 3) & ~size_t{3};
            if (length <= max && padded <= here - 4) [[likely]] {
                const Bytes bytes{at_ + 4, length};
                at_ += 4 + padded;
                return bytes;
            }
        }
        return opaque_slow(max);
    }
    // opaque<max> as slices of the record
    BufferChain payload(uint32_t max);
    // The count in front of an array of items that take at least 4 bytes each.
    uint32_t count(uint32_t max);

    size_t remaining() const { return static_cast<size_t>(end_ - at_) + later_; }
    bool ok() const { return fault_ == Fault::none; }
    Fault fault() const { return fault_; }
    // Records the first fault; always false.
    bool fail(Fault fault);
    // True when all was read without fault; bytes left over are Fault::trailing.
    bool finish();
    // What is left, as slices (for a Reader over Bytes: a copy).
    BufferChain rest() const;

  private:
    const std::byte* scalar(std::byte* room, size_t count) {
        if (static_cast<size_t>(end_ - at_) >= count) [[likely]] {
            const std::byte* p = at_;
            at_ += count;
            return p;
        }
        return scalar_slow(room, count);
    }
    const std::byte* scalar_slow(std::byte* room, size_t count);
    Bytes opaque_slow(uint32_t max);
    bool has(size_t count);
    void next_part();
    void skip(size_t count);
    void gather(std::byte* out, size_t count);
    void skip_padding(size_t count);
    Bytes view(size_t count);

    BufferChain record_;
    SmallVector<Buffer, 1> gathered_;
    const std::byte* at_ = nullptr;
    const std::byte* end_ = nullptr;
    size_t part_ = 0;   // index of the slice that [at_, end_) lies in
    size_t later_ = 0;  // bytes in the slices behind it
    Fault fault_ = Fault::none;
    bool owned_ = false;
};

}  // namespace strait::wire::xdr
