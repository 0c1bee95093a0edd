// SPDX-License-Identifier: LGPL-2.1-or-later
// The rename matrix: each kind over each kind, within and across directories, with flags.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

using testing::ElementsAre;

constexpr FileType kinds[] = {FileType::regular, FileType::directory, FileType::symlink};

TEST_P(BackendContract, rename_moves_within_and_across_directories) {
    make_directory("d");
    Handle file = make_file("f", "x");
    ok(at("").save().add(Rename{"f", "g"}));
    EXPECT_THAT(list(""), ElementsAre("d", "g"));
    Compound across = at("");
    across.save();
    ok(go(across, "d").add(Rename{"g", "h"}));
    EXPECT_THAT(list(""), ElementsAre("d"));
    EXPECT_EQ(stat("d/h").fileid, stat(file).fileid);
}

TEST_P(BackendContract, rename_each_kind_over_each_kind) {
    int number = 0;
    for (FileType moved : kinds) {
        for (FileType victim : kinds) {
            std::string from = "from" + std::to_string(number), to = "to" + std::to_string(number);
            number++;
            make_any(from, moved);
            make_any(to, victim);
            uint64_t fileid = stat(from).fileid;
            bool moved_directory = moved == FileType::directory;
            bool victim_directory = victim == FileType::directory;
            Errc expected = Errc::ok;
            if (moved_directory && !victim_directory) expected = Errc::notdir;
            if (!moved_directory && victim_directory) expected = Errc::isdir;
            Errc got = error(rename(from, to));
            // RFC 8881 section 18.26.3 has one error for both.
            if (expected != Errc::ok && got == Errc::exist) got = expected;
            EXPECT_EQ(got, expected) << from;
            EXPECT_EQ(exists(from), expected != Errc::ok);
            EXPECT_EQ(stat(to).fileid == fileid, expected == Errc::ok);
        }
    }
}

TEST_P(BackendContract, rename_a_directory_is_not_replaced_while_it_has_entries) {
    make_directory("a");
    make_directory("b");
    make_file("b/f");
    Errc code = error(rename("a", "b"));
    EXPECT_TRUE(code == Errc::notempty || code == Errc::exist) << errc_name(code);
    EXPECT_TRUE(exists("b/f"));
}

TEST_P(BackendContract, rename_a_directory_does_not_go_into_itself) {
    make_directory("a");
    make_directory("a/b");
    make_directory("a/b/c");
    EXPECT_EQ(error(rename("a", "a/x")), Errc::inval);
    EXPECT_EQ(error(rename("a", "a/b/c/x")), Errc::inval);
    Errc code = error(rename("a/b/c", "a"));
    EXPECT_TRUE(code == Errc::notempty || code == Errc::exist) << errc_name(code);
    EXPECT_TRUE(exists("a/b/c"));
}

TEST_P(BackendContract, rename_onto_itself_or_its_own_link_nothing_happens) {
    make_file("f", "x");
    ok(rename("f", "f"));
    ok(link("f", "g"));
    ok(rename("f", "g"));
    EXPECT_THAT(list(""), ElementsAre("f", "g"));
    EXPECT_EQ(stat("f").nlink, 2u);
}

TEST_P(BackendContract, rename_of_nothing_is_refused) {
    make_file("f");
    EXPECT_EQ(error(rename("none", "x")), Errc::noent);
    EXPECT_EQ(error(rename("none", "f")), Errc::noent);
    EXPECT_TRUE(exists("f"));
}

TEST_P(BackendContract, rename_dotdot_of_a_moved_directory_is_its_new_parent) {
    make_directory("a");
    make_directory("b");
    make_directory("a/d");
    ok(rename("a/d", "b/d"));
    EXPECT_EQ(stat("b/d/..").fileid, stat("b").fileid);
    EXPECT_EQ(list("a").size(), 0u);
}

TEST_P(BackendContract, rename_what_is_replaced_loses_a_link_and_what_replaces_it_keeps_its_own) {
    make_file("old", "old");
    make_file("new", "new");
    ok(link("old", "kept"));
    uint64_t change = stat("new").change;
    ok(rename("new", "old"));
    EXPECT_EQ(stat("kept").nlink, 1u);
    EXPECT_EQ(read("kept"), "old");
    EXPECT_EQ(read("old"), "new");
    EXPECT_GE(stat("old").change, change);
}

TEST_P(BackendContract, rename_noreplace_never_replaces) {
    if (!capabilities().rename_flags) GTEST_SKIP() << "no rename flags";
    make_file("f", "f");
    make_file("g", "g");
    EXPECT_EQ(error(rename("f", "g", rename_noreplace)), Errc::exist);
    EXPECT_EQ(error(rename("f", "f", rename_noreplace)), Errc::exist);
    EXPECT_EQ(read("g"), "g");
    ok(rename("f", "h", rename_noreplace));
    EXPECT_THAT(list(""), ElementsAre("g", "h"));
}

TEST_P(BackendContract, rename_exchange_swaps_two_of_any_kind) {
    if (!capabilities().rename_flags) GTEST_SKIP() << "no rename flags";
    make_directory("a");
    make_directory("b");
    make_file("a/f", "file");
    make_directory("b/d");
    make_file("b/d/inner");
    ok(rename("a/f", "b/d", rename_exchange));
    EXPECT_EQ(read("b/d"), "file");
    EXPECT_TRUE(exists("a/f/inner"));
    EXPECT_EQ(stat("a/f/..").fileid, stat("a").fileid);
    EXPECT_EQ(error(rename("a/f", "none", rename_exchange)), Errc::noent);
    EXPECT_EQ(error(rename("a", "a/f/inner", rename_exchange)), Errc::inval);
    EXPECT_EQ(error(rename("a/f/inner", "a", rename_exchange)), Errc::inval);
}

TEST_P(BackendContract, rename_unknown_flags_are_refused) {
    if (!capabilities().rename_flags) GTEST_SKIP() << "no rename flags";
    make_file("f");
    EXPECT_EQ(error(rename("f", "g", rename_noreplace | rename_exchange)), Errc::inval);
    EXPECT_EQ(error(rename("f", "g", 64)), Errc::inval);
}

}  // namespace
}  // namespace strait::contract
