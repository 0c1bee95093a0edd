// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// SipHash-2-4: a short keyed hash. Seals the file handles we give out, and digests requests so that
// a false retry is told from a true one.

#include <array>
#include <cstdint>

#include "base/buffer.h"

namespace strait::server {

using SipKey = std::array<std::byte, 16>;

// Of several pieces, as if they were one string.
class SipHash {
  public:
    explicit SipHash(const SipKey& key) noexcept;
    SipHash& add(Bytes bytes) noexcept;
    // Ends the string; call once.
    uint64_t finish() noexcept;

  private:
    void round() noexcept;
    void compress(uint64_t word) noexcept;

    uint64_t v0_, v1_, v2_, v3_;
    uint64_t tail_ = 0;
    uint64_t length_ = 0;
};

uint64_t siphash(const SipKey& key, Bytes bytes) noexcept;

// `size` bytes nobody can guess.
void fill_random(MutableBytes out) noexcept;
SipKey random_key() noexcept;

}  // namespace strait::server
