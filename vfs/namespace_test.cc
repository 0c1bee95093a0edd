// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/namespace.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

Namespace sample() {
    Namespace made;
    EXPECT_TRUE(made.add("/exports/a", 1));
    EXPECT_TRUE(made.add("exports//b/", 2));
    EXPECT_TRUE(made.add("/exports/a/deep/inner", 3));
    return made;
}

TEST(Namespace, the_longest_mounted_prefix_wins) {
    Namespace names = sample();
    auto outer = names.resolve("/exports/a/x/y");
    ASSERT_TRUE(outer);
    EXPECT_EQ(outer->mount, 1u);
    EXPECT_EQ(outer->rest, "x/y");
    auto inner = names.resolve("//exports/./a/deep/inner/z");
    ASSERT_TRUE(inner);
    EXPECT_EQ(inner->mount, 3u);
    EXPECT_EQ(inner->rest, "z");
}

TEST(Namespace, a_path_beside_an_inner_mount_stays_with_the_outer_one) {
    Namespace names = sample();
    auto beside = names.resolve("/exports/a/deep/other");
    ASSERT_TRUE(beside);
    EXPECT_EQ(beside->mount, 1u);
    EXPECT_EQ(beside->rest, "deep/other");
    auto above = names.resolve("/exports/a/deep");
    ASSERT_TRUE(above);
    EXPECT_EQ(above->mount, 1u);
}

TEST(Namespace, a_mount_point_itself_leaves_no_rest) {
    Namespace names = sample();
    auto exact = names.resolve("/exports/b/");
    ASSERT_TRUE(exact);
    EXPECT_EQ(exact->mount, 2u);
    EXPECT_EQ(exact->rest, "");
}

TEST(Namespace, a_name_that_only_begins_like_a_mount_is_not_it) {
    EXPECT_EQ(sample().resolve("/exports/abc").error(), Errc::noent);
    EXPECT_EQ(sample().resolve("/").error(), Errc::noent);
}

TEST(Namespace, dotdot_and_duplicates_are_refused) {
    Namespace names = sample();
    EXPECT_EQ(names.add("/exports/../x", 9).error(), Errc::inval);
    EXPECT_EQ(names.add("/exports/./b", 9).error(), Errc::exist);
    EXPECT_EQ(names.resolve("/exports/a/../b").error(), Errc::inval);
    EXPECT_EQ(names.add(std::string(256, 'n'), 9).error(), Errc::nametoolong);
    EXPECT_EQ(names.add(std::string("a\0b", 3), 9).error(), Errc::inval);
}

TEST(Namespace, the_root_may_be_a_mount) {
    Namespace names;
    ASSERT_TRUE(names.add("/", 7));
    EXPECT_EQ(names.resolve("/any/thing")->rest, "any/thing");
    ASSERT_TRUE(names.add("/any", 8));
    EXPECT_EQ(names.resolve("/any/thing")->mount, 8u);
}

TEST(Namespace, synthetic_directories_have_children_parents_and_ids_of_their_path_alone) {
    Namespace names = sample();
    Namespace other;
    ASSERT_TRUE(other.add("/exports/b", 1));
    const auto* exports = names.find("/exports");
    ASSERT_TRUE(exports);
    EXPECT_EQ(exports->children.size(), 2u);
    EXPECT_EQ(exports->parent, &names.root());
    EXPECT_EQ(exports->fileid, other.find("exports")->fileid);
    EXPECT_NE(exports->fileid, names.root().fileid);
    EXPECT_EQ(names.find(exports->fileid), exports);
    EXPECT_EQ(names.find("/exports/none"), nullptr);
}

}  // namespace
}  // namespace strait::vfs
