// SPDX-License-Identifier: LGPL-2.1-or-later
// Which open owners the server gets to see.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "client/nfs4/fake_server.h"
#include "client/nfs4/mount.h"

namespace strait::client::nfs4 {
namespace {

using namespace vfs;
using namespace wire::nfs4;

class Owners : public ::testing::Test {
  protected:
    void SetUp() override {
        server_->status = [this](const nfs_argop4& op) {
            if (auto* open = std::get_if<OPEN4args>(&op.args))
                seen_.emplace(as_text(open->owner.owner));
            return NFS4_OK;
        };
        auto url = parse_url(server_->url());
        auto options = parse_options(*url);
        ASSERT_TRUE(options.has_value());
        auto made = reactor_->block_on(Mount::connect(*reactor_, *url, *options));
        ASSERT_TRUE(made.has_value()) << errc_text(made.error().code);
        mount_ = std::move(*made);
    }
    void TearDown() override {
        if (mount_) EXPECT_TRUE(reactor_->block_on(mount_->close()).has_value());
        mount_.reset();
        server_.reset();
    }
    OpenId open(Owner owner) {
        Compound program;
        program.root().walk("file").open({.access = OpenAccess::read, .owner = owner});
        auto reply = reactor_->block_on(mount_->run(program));
        EXPECT_TRUE(reply && reply->ok());
        return reply && reply->ok() ? reply->take<Open>().open : OpenId();
    }
    void close(OpenId open) {
        Compound program;
        program.use_open(open).close();
        auto reply = reactor_->block_on(mount_->run(program));
        EXPECT_TRUE(reply && reply->ok());
    }

    std::unique_ptr<Reactor> reactor_ = std::move(*Reactor::create());
    std::unique_ptr<FakeServer> server_ = std::make_unique<FakeServer>(*reactor_);
    std::unique_ptr<Mount> mount_;
    std::set<std::string> seen_;
};

TEST_F(Owners, opens_of_the_caller_itself_take_an_owner_that_was_used_before) {
    for (uint64_t i = 1; i <= 20; i++) close(open(Owner{0, i}));
    EXPECT_EQ(seen_.size(), 1u);
}

TEST_F(Owners, no_two_opens_of_the_caller_itself_share_an_owner) {
    OpenId first = open(Owner{0, 1}), second = open(Owner{0, 2});
    EXPECT_EQ(seen_.size(), 2u);
    EXPECT_NE(first, second);
    close(first);
    close(second);
}

TEST_F(Owners, a_clients_owner_stays_what_it_is) {
    for (uint64_t i = 1; i <= 3; i++) close(open(Owner{7, i}));
    EXPECT_EQ(seen_.size(), 3u);
}

}  // namespace
}  // namespace strait::client::nfs4
