// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/patience.h"

#include <gtest/gtest.h>

namespace strait::preload {
namespace {

constexpr uint32_t shortest = Patience::shortest_break;

Patience on_processors(long count) {
    Patience patience{};
    patience.set_processors(count);
    return patience;
}

// Replies that are waited for without a look, before the next one.
uint32_t pause_of(Patience& patience) {
    uint32_t pause = 0;
    while (!patience.look()) pause++;
    return pause;
}

void miss(Patience& patience, uint32_t times) {
    for (uint32_t i = 0; i < times; ++i) {
        if (i > 0) ASSERT_TRUE(patience.look());
        patience.looked(false);
    }
}

TEST(ShimPatience, one_processor_is_left_to_who_is_to_answer) {
    Patience patience = on_processors(1);
    EXPECT_FALSE(patience.look());
}

TEST(ShimPatience, it_looks_as_long_as_that_pays) {
    Patience patience = on_processors(2);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(pause_of(patience), 0u);
        patience.looked(i % 3 == 0);
    }
}

TEST(ShimPatience, one_thread_looks_at_a_time) {
    Patience patience = on_processors(2);
    EXPECT_TRUE(patience.look());
    EXPECT_FALSE(patience.look());
    patience.looked(true);
    EXPECT_TRUE(patience.look());
}

TEST(ShimPatience, looking_in_vain_ends_it_for_longer_and_longer) {
    Patience patience = on_processors(2);
    EXPECT_EQ(pause_of(patience), 0u);
    for (uint32_t pause = shortest; pause <= shortest << Patience::most_doublings; pause *= 2) {
        miss(patience, Patience::most_misses);
        EXPECT_EQ(pause_of(patience), pause);
    }
    miss(patience, Patience::most_misses);
    EXPECT_EQ(pause_of(patience), shortest << Patience::most_doublings);
}

TEST(ShimPatience, a_look_that_paid_makes_the_next_pause_short) {
    Patience patience = on_processors(2);
    for (int i = 0; i < 4; ++i) {
        pause_of(patience);
        miss(patience, Patience::most_misses);
    }
    pause_of(patience);
    patience.looked(true);
    EXPECT_EQ(pause_of(patience), 0u);
    miss(patience, Patience::most_misses);
    EXPECT_EQ(pause_of(patience), shortest);
}

}  // namespace
}  // namespace strait::preload
