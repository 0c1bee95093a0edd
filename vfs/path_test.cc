// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/path.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

TEST(Path, components_come_off_the_front) {
    std::string_view rest = "//a/b//c/";
    EXPECT_EQ(take_component(rest), "a");
    EXPECT_EQ(take_component(rest), "b");
    EXPECT_EQ(take_component(rest), "c");
    EXPECT_TRUE(rest.empty());
}

TEST(Path, first_and_following_components) {
    EXPECT_EQ(first_components("a/b/c", 0), "");
    EXPECT_EQ(first_components("a/b/c", 2), "a/b");
    EXPECT_EQ(first_components("a/b/c", 5), "a/b/c");
    EXPECT_EQ(after_components("a/b/c", 0), "a/b/c");
    EXPECT_EQ(after_components("a/b/c", 2), "c");
    EXPECT_EQ(after_components("a/b/c", 3), "");
    EXPECT_EQ(count_components("a/b/c"), 3u);
    EXPECT_EQ(count_components(""), 0u);
}

TEST(Path, parents_and_names) {
    EXPECT_EQ(parent_path("a/b"), "a");
    EXPECT_EQ(parent_path("a"), "");
    EXPECT_EQ(last_component("a/b"), "b");
    std::string path = "a/b";
    pop_component(path);
    pop_component(path);
    EXPECT_EQ(path, "");
}

TEST(Path, within_counts_whole_components) {
    EXPECT_TRUE(is_within("a/b", "a"));
    EXPECT_TRUE(is_within("a", "a"));
    EXPECT_FALSE(is_within("ab", "a"));
    EXPECT_EQ(below("a/b/c", "a"), "b/c");
}

TEST(Path, normalising_is_lexical_and_stays_below_the_root) {
    EXPECT_EQ(normalise("/n/./a//b/../c/"), "n/a/c");
    EXPECT_EQ(normalise("/../.."), "");
}

TEST(Path, long_paths_and_nul_bytes_are_refused) {
    EXPECT_TRUE(check_path(std::string(4095, 'x')).has_value());
    EXPECT_EQ(check_path(std::string(4096, '/')).error(), Errc::nametoolong);
    EXPECT_EQ(check_path(std::string_view("a\0b", 3)).error(), Errc::inval);
}

}  // namespace
}  // namespace strait::vfs
