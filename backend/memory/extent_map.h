// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The bytes of one file: an ordered map of extents, each a run of whole pages in one block. What is
// in no extent is a hole. Blocks are shared with readers and with other files; one is written in
// place only while nobody else refers to it (copy on write).
//
// Invariants: extents do not overlap, begin and end on page boundaries; bytes of the last page that
// lie past the end of the file are zero (the owner calls punch when it shrinks the file).

#include <cstdint>
#include <map>
#include <optional>

#include "base/buffer.h"

namespace strait::backend {

class ExtentMap {
  public:
    static constexpr uint64_t page = 4096;                // bytes: unit of holes and of accounting
    static constexpr uint64_t largest_extent = 1u << 20;  // bytes

    static constexpr uint64_t floor(uint64_t offset) { return offset & ~(page - 1); }
    static constexpr uint64_t ceil(uint64_t offset) { return floor(offset + page - 1); }

    // Bytes of pages that the file holds or has reserved.
    uint64_t allocated() const noexcept { return allocated_; }
    // Bytes of pages that writing [offset, offset+length) would add.
    uint64_t missing(uint64_t offset, uint64_t length) const;

    // Shares [offset, offset+length); holes are shares of zeroes.
    BufferChain read(uint64_t offset, uint64_t length) const;
    // Keeps large slices of keepable blocks as they are, copies the rest (counted).
    void write(uint64_t offset, const BufferChain& data);
    // Makes [offset, offset+length) zero; whole pages become a hole.
    void punch(uint64_t offset, uint64_t length);
    // Gives every hole in the range pages that are not filled yet: they read as zero, count as
    // allocated and are holes to next_data.
    void reserve(uint64_t offset, uint64_t length);
    // Makes [to, to+length) share the pages of [from, from+length) of `source`, which may be *this
    // when the ranges do not overlap. All three are multiples of page.
    void share(const ExtentMap& source, uint64_t from, uint64_t to, uint64_t length);

    // The first byte at or after `offset` that is in a filled page.
    std::optional<uint64_t> next_data(uint64_t offset) const;
    // The first byte at or after `offset` that is in none.
    uint64_t next_hole(uint64_t offset) const;
    size_t extents() const noexcept { return extents_.size(); }

  private:
    struct Extent {
        uint64_t size = 0;  // bytes, a multiple of page
        Buffer data;        // empty: reserved, not filled
    };
    using Map = std::map<uint64_t, Extent>;

    Map::iterator containing(uint64_t offset);
    Map::const_iterator containing(uint64_t offset) const;
    void split(uint64_t offset);
    void drop(uint64_t begin, uint64_t end);
    void insert(uint64_t offset, Extent extent);
    void keep(uint64_t offset, Buffer slice);
    void copy_in(uint64_t offset, Bytes bytes);
    size_t fill_hole(uint64_t offset, Bytes bytes);
    size_t replace(Map::iterator at, uint64_t offset, Bytes bytes);
    void zero(uint64_t offset, uint64_t end);

    Map extents_;
    uint64_t allocated_ = 0;
};

}  // namespace strait::backend
