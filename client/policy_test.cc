// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/policy.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace strait::client {
namespace {

vfs::MountPolicy policy(const std::string& options) {
    auto url = parse_url("nfs://nas/x?" + options);
    return policy_of(*parse_options(*url));
}

TEST(Policy, it_speaks_for_the_user_that_the_options_name) {
    vfs::MountPolicy made = policy("uid=1000&gid=100");
    EXPECT_EQ(made.speaks_for->uid, 1000u);
    EXPECT_EQ(made.speaks_for->gid, 100u);
    EXPECT_TRUE(made.speaks_for->groups.empty());
    EXPECT_EQ(policy("ro").speaks_for->uid, geteuid());
}

TEST(Policy, who_has_many_groups_speaks_with_the_first_sixteen) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can take groups";
    auto child = [] {
        gid_t groups[40];
        for (gid_t i = 0; i < 40; i++) groups[i] = 1000 + i;
        if (setgroups(40, groups) != 0) _exit(2);
        _exit(policy("ro").speaks_for->groups.size() == 16 ? 0 : 1);
    };
    EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "");
}

TEST(Policy, noac_believes_nothing_reads_nothing_ahead_and_writes_through) {
    vfs::MountPolicy made = policy("noac");
    EXPECT_EQ(made.acregmax + made.acdirmax, 0s);
    EXPECT_EQ(made.readahead, 0u);
    EXPECT_EQ(made.head_bytes, 0u);
    EXPECT_EQ(made.write_behind, 0u);
}

TEST(Policy, actimeo_0_is_noac_without_its_writes) {
    vfs::MountPolicy made = policy("actimeo=0");
    EXPECT_EQ(made.acregmax + made.acdirmax, 0s);
    EXPECT_EQ(made.readahead, 0u);
    EXPECT_GT(made.write_behind, 0u);
    EXPECT_GT(policy("noac&ac").write_behind, 0u);
}

TEST(Policy, what_is_not_asked_for_is_the_callers_wish) {
    auto url = parse_url("nfs://nas/x?nocto&readahead=4096");
    vfs::MountPolicy made = policy_of(*parse_options(*url), {.write_behind = 123, .readahead = 7});
    EXPECT_FALSE(made.close_to_open);
    EXPECT_EQ(made.write_behind, 123u);
    EXPECT_EQ(made.readahead, 4096u);
}

}  // namespace
}  // namespace strait::client
