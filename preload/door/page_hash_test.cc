// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/page_hash.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace strait::preload {
namespace {

std::vector<std::byte> random_page() {
    std::mt19937 random(7);
    std::vector<std::byte> page(page_bytes);
    for (std::byte& each : page) each = static_cast<std::byte>(random());
    return page;
}

TEST(PageHash, a_change_of_any_bit_shows) {
    std::vector<std::byte> page = random_page();
    const PageHash before = hash_page(page);
    for (size_t at = 0; at < page_bytes; ++at) {
        for (int bit : {0, 3, 7}) {
            page[at] ^= std::byte{1} << bit;
            EXPECT_NE(hash_page(page), before) << at;
            page[at] ^= std::byte{1} << bit;
        }
    }
    EXPECT_EQ(hash_page(page), before);
}

TEST(PageHash, words_that_change_places_show) {
    std::vector<std::byte> page = random_page();
    const PageHash before = hash_page(page);
    for (size_t at = 0; at + 64 <= page_bytes; at += 8) {
        std::swap_ranges(page.begin() + static_cast<ptrdiff_t>(at),
                         page.begin() + static_cast<ptrdiff_t>(at) + 8,
                         page.begin() + static_cast<ptrdiff_t>(at) + 32);
        EXPECT_NE(hash_page(page), before) << at;
        std::swap_ranges(page.begin() + static_cast<ptrdiff_t>(at),
                         page.begin() + static_cast<ptrdiff_t>(at) + 8,
                         page.begin() + static_cast<ptrdiff_t>(at) + 32);
    }
}

TEST(PageHash, a_short_page_is_as_if_zeros_followed) {
    std::vector<std::byte> page = random_page();
    std::fill(page.begin() + 100, page.end(), std::byte{0});
    EXPECT_EQ(hash_page(Bytes(page).first(100)), hash_page(page));
    EXPECT_NE(hash_page(Bytes(page).first(99)), hash_page(page));
}

TEST(PageHash, no_page_has_the_hash_of_none) {
    EXPECT_NE(hash_page({}), PageHash{});
    EXPECT_NE(hash_page(random_page()), PageHash{});
}

}  // namespace
}  // namespace strait::preload
