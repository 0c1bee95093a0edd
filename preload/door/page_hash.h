// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a page looked like when it was last the same as the file's: 128 bits that tell whether a
// program has stored into it since. Not against an enemy: the program writes its own file.

#include <cstdint>

#include "base/buffer.h"

namespace strait::preload {

inline constexpr size_t page_bytes = 4096;

struct PageHash {
    uint64_t low = 0, high = 0;  // both 0: of no page, so every page differs from it
    friend bool operator==(const PageHash&, const PageHash&) = default;
};

// Of up to page_bytes, taken as if zeros followed up to a whole page.
PageHash hash_page(Bytes page) noexcept;

}  // namespace strait::preload
