// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/mount_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strait::fuse {

using ::testing::ElementsAre;

TEST(mount_options, each_goes_to_whose_it_is) {
    std::string complaint;
    auto sorted = sort_options({"vers=4.2,allow_other,_netdev", "nosuid,soft,x-systemd.automount"},
                               complaint);
    ASSERT_TRUE(sorted);
    EXPECT_THAT(sorted->fuse, ElementsAre("allow_other", "nosuid"));
    EXPECT_EQ(sorted->protocol, "vers=4.2,soft");
    EXPECT_TRUE(sorted->allow_other);
}

TEST(mount_options, ours_are_read_and_refused_by_name) {
    std::string complaint;
    auto sorted =
        sort_options({"pidfile=/run/x,logfile=/var/log/x,negative_timeout=1.5,ro"}, complaint);
    ASSERT_TRUE(sorted);
    EXPECT_EQ(sorted->pid_file, "/run/x");
    EXPECT_EQ(sorted->log_file, "/var/log/x");
    EXPECT_EQ(sorted->missing_names, 1500ms);
    EXPECT_TRUE(sorted->read_only);
    EXPECT_FALSE(sort_options({"negative_timeout=soon"}, complaint));
    EXPECT_THAT(complaint, ::testing::HasSubstr("soon"));
}

}  // namespace strait::fuse
