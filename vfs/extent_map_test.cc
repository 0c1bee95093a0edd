// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/extent_map.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace strait::vfs {
namespace {

BufferChain chain(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }

std::string text(const BufferChain& data) {
    std::string made;
    for (auto& part : data.parts()) made += part.text();
    return made;
}

TEST(ExtentMap, adjacent_pieces_are_one) {
    ExtentMap map;
    map.put(0, chain("ab"));
    map.put(4, chain("ef"));
    map.put(2, chain("cd"));
    ASSERT_EQ(map.extents().size(), 1u);
    EXPECT_EQ(text(*map.covered(0, 6)), "abcdef");
    EXPECT_FALSE(map.covered(0, 7).has_value());
}

TEST(ExtentMap, the_newest_wins) {
    ExtentMap map;
    map.put(0, chain("aaaa"));
    map.put(1, chain("bb"));
    EXPECT_EQ(text(*map.covered(0, 4)), "abba");
    map.put_under(0, chain("cccccc"));
    EXPECT_EQ(text(*map.covered(0, 6)), "abbacc");
    EXPECT_EQ(map.bytes(), 6u);
}

TEST(ExtentMap, taking_the_front_leaves_the_rest) {
    ExtentMap map;
    map.put(10, chain("abcdef"));
    EXPECT_EQ(text(map.take(map.extents().begin(), 4)), "abcd");
    EXPECT_EQ(map.extents().begin()->first, 14u);
    EXPECT_EQ(map.bytes(), 2u);
}

TEST(ExtentMap, agrees_with_a_plain_array_under_random_changes) {
    std::mt19937 random(7);
    std::string model(64, '\0');
    ExtentMap map;
    for (int step = 0; step < 20000; step++) {
        size_t offset = random() % 60;
        size_t count = 1 + random() % (64 - offset);
        char letter = static_cast<char>('a' + random() % 26);
        switch (random() % 3) {
            case 0:
                map.put(offset, chain(std::string(count, letter)));
                model.replace(offset, count, std::string(count, letter));
                break;
            case 1:
                map.cut(offset, count);
                model.replace(offset, count, std::string(count, '\0'));
                break;
            default:
                map.put_under(offset, chain(std::string(count, letter)));
                for (size_t i = offset; i < offset + count; i++)
                    if (model[i] == '\0') model[i] = letter;
        }
        size_t bytes = 0;
        for (char each : model) bytes += each != '\0';
        ASSERT_EQ(map.bytes(), bytes);
        bool full = model.substr(offset, count).find('\0') == std::string::npos;
        auto got = map.covered(offset, count);
        ASSERT_EQ(got.has_value(), full);
        if (got) {
            ASSERT_EQ(text(*got), model.substr(offset, count));
        }
        bool some = model.substr(offset, count).find_first_not_of('\0') != std::string::npos;
        ASSERT_EQ(map.overlaps(offset, count), some);
    }
}

}  // namespace
}  // namespace strait::vfs
