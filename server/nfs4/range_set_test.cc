// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/range_set.h"

#include <gtest/gtest.h>

namespace strait::server::nfs4 {
namespace {

constexpr uint64_t to_end = ~uint64_t{0};

TEST(RangeSet, what_was_added_piecemeal_is_one_range) {
    RangeSet held;
    held.add(10, 10);
    held.add(30, 10);
    held.add(20, 10);
    EXPECT_EQ(held.size(), 1u);
    held.remove(10, 30);
    EXPECT_TRUE(held.empty());
}

TEST(RangeSet, a_hole_splits_a_range) {
    RangeSet held;
    held.add(0, to_end);
    held.remove(100, 1);
    EXPECT_EQ(held.size(), 2u);
    held.remove(0, 100);
    EXPECT_EQ(held.size(), 1u);
    held.remove(50, to_end);
    EXPECT_TRUE(held.empty());
}

TEST(RangeSet, adding_over_what_is_held_changes_nothing) {
    RangeSet held;
    held.add(5, 5);
    held.add(5, 5);
    held.add(6, 1);
    EXPECT_EQ(held.size(), 1u);
    held.remove(5, 5);
    EXPECT_TRUE(held.empty());
}

TEST(RangeSet, the_last_byte_of_all_is_a_byte) {
    RangeSet held;
    held.add(to_end - 1, 1);
    held.add(to_end, to_end);
    EXPECT_EQ(held.size(), 1u);
    held.remove(0, to_end);
    EXPECT_TRUE(held.empty());
}

}  // namespace
}  // namespace strait::server::nfs4
