// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/pacing.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

constexpr uint64_t piece = 1u << 20, most = 64u << 20;

TEST(Pacing, grows_while_transfers_take_no_longer_than_one_alone) {
    Pacing pacing;
    for (int i = 0; i < 10; i++) pacing.took(piece, piece, 10ms);
    EXPECT_EQ(pacing.window(piece, most), most);
}

TEST(Pacing, keeps_few_on_their_way_where_each_only_waits_for_the_one_before) {
    Pacing pacing;
    for (int i = 0; i < 100; i++) {
        auto in_flight = static_cast<int64_t>(pacing.window(piece, most) / piece);
        pacing.took(piece, piece, i == 0 ? Duration(1ms) : Duration(1ms) * in_flight);
    }
    EXPECT_GE(pacing.window(piece, most), 2 * piece);
    EXPECT_LE(pacing.window(piece, most), 4 * piece);
}

TEST(Pacing, small_pieces_say_nothing) {
    Pacing pacing;
    const auto before = pacing.window(piece, most);
    pacing.took(4096, piece, 1us);
    EXPECT_EQ(pacing.window(piece, most), before);
}

TEST(Pacing, never_more_than_the_caller_allows) {
    Pacing pacing;
    EXPECT_EQ(pacing.window(piece, 4096), 4096u);
}

}  // namespace
}  // namespace strait::vfs
