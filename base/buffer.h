// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Payload bytes: refcounted slices of pool blocks. Slicing and passing on never copies; copying is
// explicit and counted.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ref.h"
#include "base/small_vector.h"

namespace strait {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Memory that slices share. A subclass that owns other memory (a mapping, a registered pool)
// overrides last_ref_gone.
class Block : public RefCounted {
  public:
    std::byte* data() const noexcept { return data_; }
    size_t capacity() const noexcept { return capacity_; }
    // May whoever gets a slice keep it for good? Not when the memory is scarce or may still change
    // (a receive ring, a mapping).
    virtual bool keepable() const noexcept { return false; }

  protected:
    Block(std::byte* data, size_t capacity) noexcept : data_(data), capacity_(capacity) {}
    std::byte* data_;
    size_t capacity_;
    friend class Buffer;
};

// A slice of one block. Copying a Buffer shares the bytes.
class Buffer {
  public:
    Buffer() = default;
    Buffer(Ref<Block> block, std::byte* data, size_t size) noexcept
        : block_(std::move(block)), data_(data), size_(size) {}

    // `size` writable bytes from this thread's pool; not zeroed.
    static Buffer allocate(size_t size);
    // A copy of `bytes` (counted in copied_bytes()).
    static Buffer copy_of(Bytes bytes);
    static Buffer copy_of(std::string_view text) { return copy_of(as_bytes(text)); }

    std::byte* data() const noexcept { return data_; }
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    Bytes bytes() const noexcept { return {data_, size_}; }
    MutableBytes writable() const noexcept { return {data_, size_}; }
    std::string_view text() const noexcept { return as_text(bytes()); }
    const Ref<Block>& block() const noexcept { return block_; }

    // Shares [offset, offset+size) of this slice; the range must lie inside.
    Buffer slice(size_t offset, size_t size) const;
    void trim_front(size_t count);
    void trim_to(size_t size);

  private:
    Ref<Block> block_;
    std::byte* data_ = nullptr;
    size_t size_ = 0;
};

// A run of slices that together are one byte string.
class BufferChain {
  public:
    BufferChain() = default;
    explicit BufferChain(Buffer only) { append(std::move(only)); }

    void append(Buffer part) {
        if (part.empty()) return;
        size_ += part.size();
        parts_.push_back(std::move(part));
    }
    void append(BufferChain more);
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<const Buffer> parts() const noexcept { return {parts_.data(), parts_.size()}; }
    // Shares [offset, offset+size); the range must lie inside.
    BufferChain slice(size_t offset, size_t size) const;
    void trim_to(size_t size) { *this = slice(0, size); }
    // Copies out [offset, ...) into `out` and returns how many bytes were there (counted).
    size_t copy_to(MutableBytes out, size_t offset = 0) const;
    // One contiguous slice: shared when the chain has one part, else a counted copy.
    Buffer flatten() const;

  private:
    SmallVector<Buffer, 2> parts_;
    size_t size_ = 0;
};

// How many payload bytes this process has copied (all threads): a tested property, see docs.
uint64_t copied_bytes() noexcept;
void count_copied(size_t bytes) noexcept;

}  // namespace strait
