// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/buffer.h"

#include <gtest/gtest.h>

namespace strait {
namespace {

TEST(Buffer, slices_share_their_block) {
    uint64_t before = copied_bytes();
    Buffer whole = Buffer::copy_of("hello world");
    Buffer part = whole.slice(6, 5);
    EXPECT_EQ(part.text(), "world");
    EXPECT_EQ(part.block(), whole.block());
    EXPECT_EQ(copied_bytes() - before, 11u);
}

TEST(BufferChain, slicing_crosses_parts_without_copying) {
    BufferChain chain;
    chain.append(Buffer::copy_of("abc"));
    chain.append(Buffer::copy_of("def"));
    chain.append(Buffer::copy_of("ghi"));
    uint64_t before = copied_bytes();
    BufferChain middle = chain.slice(2, 5);
    EXPECT_EQ(copied_bytes(), before);
    EXPECT_EQ(middle.flatten().text(), "cdefg");
    EXPECT_EQ(middle.parts().size(), 3u);
}

TEST(BufferChain, copy_to_stops_at_the_shorter_side) {
    BufferChain chain(Buffer::copy_of("abcdef"));
    std::byte out[4];
    EXPECT_EQ(chain.copy_to(out, 4), 2u);
    EXPECT_EQ(chain.copy_to(out), 4u);
    EXPECT_EQ(as_text(out), "abcd");
}

TEST(SmallVector, grows_past_its_inline_room_and_moves) {
    SmallVector<std::string, 2> items;
    for (int i = 0; i < 9; i++) items.push_back("item number " + std::to_string(i));
    items.push_back(items[0]);
    SmallVector<std::string, 2> moved = std::move(items);
    EXPECT_EQ(moved.size(), 10u);
    EXPECT_EQ(moved.back(), "item number 0");
    EXPECT_TRUE(items.empty());  // NOLINT(bugprone-use-after-move): the claim of this test
}

}  // namespace
}  // namespace strait
