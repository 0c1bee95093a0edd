// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Builds an XDR message as a BufferChain: small fields are written into pool blocks, payloads are
// spliced in as slices (their padding goes into the block). Bytes once written stay where they are,
// so a Slot can be set at any time later. rollback(mark) takes back everything since the mark.

#include <cstring>

#include "base/buffer.h"
#include "base/small_vector.h"

namespace strait::wire::xdr {

class Writer {
  public:
    // Four bytes written ahead, whose value is known later. Valid until take() or a rollback before
    // it.
    class Slot {
        std::byte* at_ = nullptr;
        friend class Writer;
    };
    class Mark {
        size_t size_ = 0, parts_ = 0, blocks_ = 0;
        std::byte *begin_ = nullptr, *at_ = nullptr;
        friend class Writer;
    };

    // `first_block`: bytes of the first pool block; later ones double up to 64 KiB.
    explicit Writer(size_t first_block = 1024) : next_block_(first_block) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void u32(uint32_t value) {
        value = __builtin_bswap32(value);
        std::memcpy(room(4), &value, 4);
    }
    void u64(uint64_t value) {
        value = __builtin_bswap64(value);
        std::memcpy(room(8), &value, 8);
    }
    void boolean(bool value) { u32(value ? 1 : 0); }
    // opaque[n]: the bytes and their padding, no length.
    void fixed(Bytes bytes);
    // opaque<>: length, bytes, padding. The bytes are copied.
    void opaque(Bytes bytes);
    // opaque<> whose bytes are shared, not copied.
    void payload(BufferChain slices);
    // Bytes that are XDR already (a cached reply): shared, no length, no padding; a multiple of
    // four.
    void splice(BufferChain slices);

    Slot slot() {
        Slot made;
        made.at_ = room(4);
        std::memset(made.at_, 0, 4);
        return made;
    }
    void set(Slot slot, uint32_t value) {
        value = __builtin_bswap32(value);
        std::memcpy(slot.at_, &value, 4);
    }

    // Bytes so far.
    size_t size() const { return size_; }
    Mark mark() const;
    void rollback(const Mark& mark);
    // The bytes written since `mark`, shared: they stay in this message, too.
    BufferChain since(const Mark& mark);
    // The whole message; the Writer is empty afterwards.
    BufferChain take();

  private:
    std::byte* room(size_t count) {
        if (static_cast<size_t>(limit_ - at_) < count) [[unlikely]]
            grow(count);
        std::byte* p = at_;
        at_ += count;
        size_ += count;
        return p;
    }
    void grow(size_t count);
    void flush();
    void pad(size_t count);

    SmallVector<Buffer, 4> parts_;   // finished: slices of blocks and spliced payloads
    SmallVector<Buffer, 2> blocks_;  // the pool blocks; the last one is being filled
    std::byte* begin_ = nullptr;     // [begin_, at_) of the last block is not in parts_ yet
    std::byte* at_ = nullptr;
    std::byte* limit_ = nullptr;
    size_t size_ = 0;
    size_t next_block_;
};

}  // namespace strait::wire::xdr
