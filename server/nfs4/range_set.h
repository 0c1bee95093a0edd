// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A set of byte ranges, kept disjoint: which bytes a lock owner holds on one file. Only to know
// whether it holds any; who conflicts with whom is the backend's table.

#include <cstddef>
#include <cstdint>
#include <map>

namespace strait::server::nfs4 {

class RangeSet {
  public:
    bool empty() const noexcept { return ranges_.empty(); }
    size_t size() const noexcept { return ranges_.size(); }
    // [offset, offset + length); length ~0 is to the end.
    void add(uint64_t offset, uint64_t length);
    void remove(uint64_t offset, uint64_t length);

  private:
    std::map<uint64_t, uint64_t> ranges_;  // first byte -> last byte
};

}  // namespace strait::server::nfs4
