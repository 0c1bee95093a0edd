// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The ranges of this process that are mapped from Strait files. A mapping is what one mmap made; it
// may be in several ranges when parts were unmapped or moved, and ends with the last.

#include <cstddef>
#include <cstdint>

namespace strait::preload {

struct MappedRange {
    uintptr_t begin = 0, end = 0;  // end 0: a free entry
    uint64_t offset = 0;           // in the file, of `begin`
    uint64_t mapping = 0;          // its number at the agent
    uint64_t instance = 0;         // of the agent
    bool shared = false;           // stores go to the file
    bool stores = false;           // the agent knows that there may be some
};

// Ranges entered; read without a lock.
size_t mapped_ranges() noexcept;

// The table, locked while this lives. Nothing may wait meanwhile. A fork's child finds it unlocked.
class MapTable {
  public:
    MapTable() noexcept;
    ~MapTable();
    MapTable(const MapTable&) = delete;
    MapTable& operator=(const MapTable&) = delete;

    // False: there is no room.
    bool add(const MappedRange& range) noexcept;
    // The first range that meets [begin, end), from entry `from` on, which is moved past it.
    MappedRange* next(uintptr_t begin, uintptr_t end, size_t& from) noexcept;
    bool holds(uint64_t mapping) const noexcept;
    // Takes what lies in [begin, end) out of one range that meets it. False: there is none.
    bool cut(uintptr_t begin, uintptr_t end, MappedRange& taken) noexcept;

  private:
    uint64_t signals_ = 0;
};

}  // namespace strait::preload
