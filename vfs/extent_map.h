// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Pieces of a file by offset: they never overlap and adjacent ones are one. Shares bytes, never
// copies them.

#include <map>
#include <optional>

#include "base/buffer.h"

namespace strait::vfs {

class ExtentMap {
  public:
    using Extents = std::map<uint64_t, BufferChain>;

    // `data` wins over what was there.
    void put(uint64_t offset, BufferChain data);
    // What is there wins over `data`.
    void put_under(uint64_t offset, const BufferChain& data);
    void cut(uint64_t offset, uint64_t count);
    void cut(const ExtentMap& others);
    // Takes the piece at `at` out, or its first `most` bytes.
    BufferChain take(Extents::iterator at, size_t most);

    bool overlaps(uint64_t offset, uint64_t count) const;
    // The bytes of [offset, offset+count) when all of them are here.
    std::optional<BufferChain> covered(uint64_t offset, size_t count) const;
    uint64_t end() const;  // of the last piece; 0 when empty
    size_t bytes() const { return bytes_; }
    bool empty() const { return extents_.empty(); }
    void clear();
    Extents& extents() { return extents_; }
    const Extents& extents() const { return extents_; }

  private:
    Extents::const_iterator first_after(uint64_t offset) const;  // first piece that ends past it
    Extents extents_;
    size_t bytes_ = 0;
};

}  // namespace strait::vfs
