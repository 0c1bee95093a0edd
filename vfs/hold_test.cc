// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/hold.h"

#include <gtest/gtest.h>

#include <string>

namespace strait::vfs {
namespace {

constexpr HoldTimes long_times{1h, 2h, 1h, 2h, 1h, 1h};

Handle handle(std::string_view text) { return *Handle::from(as_bytes(text)); }

Attributes file(uint64_t size, uint64_t change) {
    Attributes made;
    made.valid = stat_mask;
    made.type = FileType::regular;
    made.size = size;
    made.change = change;
    return made;
}

TEST(Hold, an_answer_from_before_our_change_is_not_taken_in) {
    Hold hold(long_times);
    auto asked = hold.now();
    hold.changed(handle("f"));
    EXPECT_FALSE(hold.learn(handle("f"), file(1, 1), asked));
    EXPECT_EQ(hold.attributes(handle("f"), Attr::size), nullptr);
    EXPECT_TRUE(hold.learn(handle("f"), file(2, 2), hold.now()));
    EXPECT_EQ(hold.attributes(handle("f"), Attr::size)->size, 2u);
}

TEST(Hold, a_change_that_answers_late_does_not_bring_old_attributes_back) {
    Hold hold(long_times);
    hold.changed_to(handle("f"), file(20, 7));
    hold.changed_to(handle("f"), file(10, 6));
    EXPECT_EQ(hold.attributes(handle("f"), Attr::size), nullptr);
}

TEST(Hold, what_is_not_known_of_the_mask_must_be_asked) {
    Hold hold(long_times);
    hold.learn(handle("f"), file(1, 1), hold.now());
    EXPECT_EQ(hold.attributes(handle("f"), Attr::space_free), nullptr);
}

TEST(Hold, what_the_server_does_not_have_is_not_asked_again) {
    Hold hold(long_times);
    Attributes without_birth = file(1, 1);
    without_birth.valid = stat_mask - AttrMask(Attr::btime);
    hold.learn(handle("f"), without_birth, hold.now());
    const Attributes* held = hold.attributes(handle("f"), stat_mask);
    ASSERT_NE(held, nullptr);
    EXPECT_FALSE(held->has(Attr::btime));
}

TEST(Hold, names_end_with_their_entry_and_all_below_it) {
    Hold hold(long_times);
    hold.learn_name("a", handle("1"), hold.now());
    hold.learn_name("a/b", handle("2"), hold.now());
    hold.learn_name("a/b/c", handle("3"), hold.now());
    auto asked = hold.now();
    hold.entry_gone("a", true);
    EXPECT_EQ(hold.handle_at("a"), nullptr);
    EXPECT_EQ(hold.handle_at("a/b"), nullptr);
    EXPECT_EQ(hold.handle_at("a/b/c"), nullptr);
    hold.learn_name("a/b", handle("2"), asked);
    EXPECT_EQ(hold.handle_at("a/b"), nullptr);
}

TEST(Hold, a_whole_directory_stays_whole_while_its_counter_tells_that_only_we_change_it) {
    HoldTimes times = long_times;
    times.missing = 0s;
    Hold never(times);
    never.directory_made("d", 5);
    EXPECT_FALSE(never.missing_at("d/f"));
    Hold hold(long_times);
    hold.directory_made("d", 5);
    hold.entry_made("d/f", handle("f"), {.atomic = true, .before = 5, .after = 6});
    EXPECT_FALSE(hold.missing_at("d/f"));
    EXPECT_TRUE(hold.missing_at("d/g"));
    hold.entry_made("d/g", Handle(), {.atomic = true, .before = 6, .after = 7});
    EXPECT_FALSE(hold.missing_at("d/h"));
}

TEST(Hold, a_name_that_was_missing_before_our_change_is_not_taken_in) {
    Hold hold(long_times);
    auto asked = hold.now();
    hold.entry_made("d/f", handle("f"));
    hold.learn_missing("d/f", asked);
    EXPECT_FALSE(hold.missing_at("d/f"));
    hold.learn_whole("d", 1, asked, MonoClock::now());
    EXPECT_FALSE(hold.missing_at("d/g"));
}

TEST(Hold, holds_end_with_their_time) {
    Hold hold({0s, 0s, 0s, 0s, 0s, 0s});
    hold.learn(handle("f"), file(1, 1), hold.now());
    hold.learn_name("f", handle("f"), hold.now());
    EXPECT_EQ(hold.attributes(handle("f"), Attr::size), nullptr);
    EXPECT_EQ(hold.handle_at("f"), nullptr);
    EXPECT_EQ(hold.last_known(handle("f"))->size, 1u);
}

TEST(Hold, memory_is_bounded) {
    Hold hold(long_times);
    for (int i = 0; i < 200'000; i++) {
        std::string name = "d/" + std::to_string(i);
        hold.learn_name(name, handle(name), hold.now());
        hold.learn(handle(name), file(1, 1), hold.now());
    }
    EXPECT_LE(hold.size(), 2u << 16);
    // The latest are there.
    EXPECT_NE(hold.attributes_at("d/199999", Attr::size), nullptr);
}

}  // namespace
}  // namespace strait::vfs
