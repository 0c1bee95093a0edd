// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/mount_helper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strait::tool {

using ::testing::ElementsAre;

TEST(mount_helper, only_a_program_named_mount_something_is_one) {
    EXPECT_FALSE(helper_call("/usr/bin/strait", {"mount", "a", "b"}));
    EXPECT_TRUE(helper_call("/sbin/mount.fuse.strait", {"a", "b"}));
}

TEST(mount_helper, mounts_words_become_ours) {
    auto call = helper_call("mount.fuse.strait", {"nas1:/data", "/mnt", "-v", "-n", "-t",
                                                  "fuse.strait", "-o", "rw,vers=4.2,_netdev"});
    ASSERT_TRUE(call);
    EXPECT_THAT(call->arguments,
                ElementsAre("mount", "nas1:/data", "/mnt", "-o", "rw,vers=4.2,_netdev"));
    EXPECT_FALSE(call->fake);
    EXPECT_TRUE(helper_call("mount.fuse.strait", {"a", "b", "-sfnv"})->fake);
}

TEST(mount_helper, statuses_are_mounts) {
    EXPECT_EQ(helper_status(0), 0);
    EXPECT_EQ(helper_status(2), 1);
    EXPECT_EQ(helper_status(3), 32);
}

}  // namespace strait::tool
