// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/patience.h"

#include <gtest/gtest.h>

namespace strait {
namespace {

// One turn of a loop that finds something, or nothing, before it would sleep. Whether it looked.
bool turn(Patience& patience, bool finds) {
    const bool looks = patience.patience() > Duration::zero();
    if (!looks || !finds) patience.sleep();
    return looks;
}

int looks_in_vain(Patience& patience, int turns) {
    int looked = 0;
    for (int i = 0; i < turns; i++) looked += turn(patience, false);
    return looked;
}

}  // namespace

TEST(patience, looks_before_each_sleep_as_long_as_something_is_found) {
    Patience patience(2, nullptr);
    for (int i = 0; i < 1000; i++) EXPECT_TRUE(turn(patience, true));
    for (int i = 0; i < 1000; i++) EXPECT_TRUE(turn(patience, i % 2 == 0));
}

TEST(patience, gives_up_where_nothing_ever_comes_in_time) {
    Patience patience(2, nullptr);
    EXPECT_LT(looks_in_vain(patience, 100'000), 120);
}

TEST(patience, tries_again_after_a_break) {
    Patience patience(2, nullptr);
    EXPECT_EQ(looks_in_vain(patience, 3 + 16), 3);
    EXPECT_TRUE(turn(patience, true));
    EXPECT_TRUE(turn(patience, true));
}

TEST(patience, on_one_processor_there_is_none) {
    Patience patience(1, nullptr);
    EXPECT_EQ(looks_in_vain(patience, 100), 0);
}

TEST(patience, ends_where_other_work_shares_the_processor) {
    Patience patience(2, nullptr);
    int looked = 0;
    for (int i = 0; i < 100'000; i++) {
        if (patience.patience() > Duration::zero()) {
            looked++;
            patience.disturbed();
        } else {
            patience.sleep();
        }
    }
    EXPECT_LT(looked, 120);
}

TEST(patience, for_an_answer_looks_while_exactly_one_is_awaited) {
    auto reactor = Reactor::create();
    ASSERT_TRUE(reactor);
    Patience patience(2, reactor->get());
    EXPECT_FALSE(turn(patience, true));
    (*reactor)->await_answers(1);
    EXPECT_TRUE(turn(patience, true));
    (*reactor)->await_answers(1);
    EXPECT_FALSE(turn(patience, true));
    (*reactor)->await_answers(-1);
    EXPECT_TRUE(turn(patience, true));
}

}  // namespace strait
