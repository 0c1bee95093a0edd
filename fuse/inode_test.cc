// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/inode.h"

#include <gtest/gtest.h>

#include "fuse/lock_table.h"

namespace strait::fuse {

namespace {
vfs::Handle handle(std::string_view text) { return *vfs::Handle::from(as_bytes(text)); }
}  // namespace

TEST(inodes, one_handle_is_one_number_until_it_is_forgotten_as_often_as_it_was_told) {
    InodeTable table(handle("root"));
    InodeRef a = table.looked_up(handle("a"), vfs::FileType::regular);
    EXPECT_EQ(table.looked_up(handle("a"), vfs::FileType::regular), a);
    EXPECT_EQ(table.get(table.number(*a)), a);
    table.forget(table.number(*a), 1);
    EXPECT_EQ(table.size(), 2u);
    table.forget(table.number(*a), 1);
    EXPECT_EQ(table.size(), 1u);
    EXPECT_FALSE(table.find(handle("a")));
}

TEST(inodes, the_root_is_number_one_and_is_never_forgotten) {
    InodeTable table(handle("root"));
    EXPECT_EQ(table.number(*table.get(FUSE_ROOT_ID)), fuse_ino_t{FUSE_ROOT_ID});
    table.forget(FUSE_ROOT_ID, 1000);
    EXPECT_TRUE(table.find(handle("root")));
}

TEST(inodes, each_name_of_a_file_leads_to_it_until_the_name_or_the_file_goes) {
    InodeTable table(handle("root"));
    const Inode& root = *table.get(FUSE_ROOT_ID);
    InodeRef a = table.looked_up(handle("a"), vfs::FileType::regular);
    InodeRef b = table.looked_up(handle("b"), vfs::FileType::regular);
    table.named(root, "x", *a);
    table.named(root, "y", *a);
    table.named(root, "y", *b);
    EXPECT_EQ(table.at(root, "x"), a);
    EXPECT_EQ(table.at(root, "y"), b);
    table.unnamed(root, "y");
    EXPECT_FALSE(table.at(root, "y"));
    table.forget(table.number(*a), 1);
    EXPECT_FALSE(table.at(root, "x"));
    // Who is forgotten gets no name, however late its answer is.
    table.named(root, "z", *a);
    EXPECT_FALSE(table.at(root, "z"));
    table.forget(table.number(*b), 1);
}

}  // namespace strait::fuse
