// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/entry_bytes.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

TEST(EntryBytes, names_are_padded_and_attributes_have_their_sizes) {
    EXPECT_EQ(least_entry_bytes(0, {}), 32u);
    EXPECT_EQ(least_entry_bytes(5, {}), 40u);
    EXPECT_EQ(least_entry_bytes(0, {Attr::type}), 36u);
    EXPECT_EQ(least_entry_bytes(0, {Attr::size}), 40u);
    EXPECT_EQ(least_entry_bytes(0, {Attr::mtime}), 44u);
    EXPECT_EQ(least_entry_bytes(0, {Attr::fsid}), 48u);
    EXPECT_EQ(least_entry_bytes(0, {Attr::handle}), 64u);
}

}  // namespace
}  // namespace strait::vfs
