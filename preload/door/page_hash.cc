// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/page_hash.h"

#include <bit>
#include <cstring>

namespace strait::preload {

namespace {

constexpr uint64_t odd[4] = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu, 0x165667b19e3779f9u,
                             0xd6e8feb86659fd93u};

// Four lanes, so that the multiplications overlap. Each step is a bijection of its lane, and of the
// word: a change of one word is never missed.
PageHash hash_whole(const std::byte* page) noexcept {
    uint64_t lanes[4] = {odd[3], odd[2], odd[1], odd[0]};
    for (size_t at = 0; at < page_bytes; at += sizeof(lanes)) {
        uint64_t words[4];
        std::memcpy(words, page + at, sizeof(words));
        for (size_t i = 0; i < 4; ++i) {
            lanes[i] = (lanes[i] ^ words[i]) * odd[i];
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    PageHash hash;
    hash.low = (lanes[0] + std::rotl(lanes[1], 31)) * odd[1] ^ lanes[2];
    hash.high = ((lanes[2] + std::rotl(lanes[3], 31)) * odd[2] ^ lanes[1]) | 1;
    return hash;
}

}  // namespace

PageHash hash_page(Bytes page) noexcept {
    if (page.size() >= page_bytes) return hash_whole(page.data());
    std::byte padded[page_bytes] = {};
    if (!page.empty()) std::memcpy(padded, page.data(), page.size());
    return hash_whole(padded);
}

}  // namespace strait::preload
