// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/grace.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "server/nfs4/state_dir.h"

namespace strait::server::nfs4 {
namespace {

struct TempDir {
    std::string path = "/tmp/strait-grace-XXXXXX";
    TempDir() { path = mkdtemp(path.data()); }
    ~TempDir() { std::filesystem::remove_all(path); }
};

TEST(SharedGrace, is_over_at_once_when_nobody_is_on_record) {
    EXPECT_FALSE(SharedGrace({}, MonoClock::now() + 90s).active());
}

TEST(SharedGrace, ends_early_when_all_have_reclaimed) {
    SharedGrace grace({"a", "b"}, MonoClock::now() + 90s);
    EXPECT_TRUE(grace.may_reclaim("a"));
    EXPECT_FALSE(grace.may_reclaim("c"));
    EXPECT_FALSE(grace.completed("a"));
    EXPECT_FALSE(grace.completed("a"));
    EXPECT_FALSE(grace.completed("c"));
    EXPECT_TRUE(grace.completed("b"));
    grace.end();
    EXPECT_FALSE(grace.active());
    EXPECT_FALSE(grace.may_reclaim("a"));
}

TEST(SharedGrace, ends_by_time_and_knows_who_is_missing) {
    SharedGrace grace({"a", "b"}, MonoClock::now() - 1s);
    EXPECT_TRUE(grace.due(MonoClock::now()));
    grace.completed("a");
    EXPECT_EQ(grace.missing(), std::vector<std::string>{"b"});
}

TEST(StateDir, records_key_and_identity_outlive_a_restart) {
    TempDir temp;
    std::string owner = std::string("client\0with\xff bytes", 18);
    auto first = StateDir::open(temp.path + "/state");
    ASSERT_TRUE(first) << first.error();
    EXPECT_TRUE(first->recorded().empty());
    EXPECT_TRUE(first->add_client(owner));
    EXPECT_TRUE(first->add_client("other"));
    EXPECT_TRUE(first->remove_client("other"));
    EXPECT_TRUE(first->remove_client("never there"));
    SipKey key = first->key();
    auto identity = first->identity();
    first = std::unexpected("the server has ended");
    auto second = StateDir::open(temp.path + "/state");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->key(), key);
    EXPECT_EQ(second->identity(), identity);
    EXPECT_EQ(second->recorded(), std::set<std::string>{owner});
}

TEST(StateDir, a_torn_record_is_no_record) {
    TempDir temp;
    auto first = StateDir::open(temp.path);
    ASSERT_TRUE(first && first->add_client("a"));
    for (auto& file : std::filesystem::directory_iterator(temp.path + "/clients"))
        std::filesystem::resize_file(file.path(), 7);
    first = std::unexpected("the server has ended");
    EXPECT_TRUE(StateDir::open(temp.path)->recorded().empty());
}

TEST(StateDir, a_second_server_is_refused_until_the_first_has_ended) {
    TempDir temp;
    auto first = StateDir::open(temp.path);
    ASSERT_TRUE(first);
    auto moved = std::move(*first);  // as into a service
    auto second = StateDir::open(temp.path);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().find("another straitd"), std::string::npos) << second.error();
    moved = StateDir();
    EXPECT_TRUE(StateDir::open(temp.path));
}

TEST(StateDir, a_place_that_cannot_be_used_is_told) {
    auto refused = StateDir::open("/proc/nowhere/state");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("--state-dir"), std::string::npos);
}

}  // namespace
}  // namespace strait::server::nfs4
