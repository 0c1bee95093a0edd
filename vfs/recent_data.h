// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Parts of one file that were read or written while a lock of ours is held: programs that agree by
// locks go back to them (a database to its pages), and nobody else may change them meanwhile.
// Believed for a short time all the same, and bounded: past either, all is forgotten.

#include <optional>

#include "base/time.h"
#include "vfs/extent_map.h"

namespace strait::vfs {

class RecentData {
  public:
    std::optional<BufferChain> find(uint64_t offset, size_t count) const;
    // What the server has there, asked for now; the first of it begins a time of `span`.
    void read(uint64_t offset, BufferChain data, Duration span);
    // What was written here over it.
    void wrote(uint64_t offset, const BufferChain& data);
    void clear() { data_.clear(); }

  private:
    ExtentMap data_;
    MonoTime until_{};
};

}  // namespace strait::vfs
