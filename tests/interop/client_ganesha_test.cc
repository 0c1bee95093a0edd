// SPDX-License-Identifier: LGPL-2.1-or-later
// The NFSv4 client against a real nfs-ganesha: what each program costs in round trips, and that its
// operations do what they say.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "client/trace.h"
#include "served.h"

namespace strait::interop {
namespace {

using namespace vfs;

class Ganesha : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (geteuid() != 0) return;
        folder = new TempFolder();
        server = new Served("ganesha", {"x=" + folder->path()});
    }
    static void TearDownTestSuite() {
        delete std::exchange(server, nullptr);
        delete std::exchange(folder, nullptr);
    }
    void SetUp() override {
        if (!server) GTEST_SKIP() << "nfs-ganesha opens files by handle: root is needed";
        if (!server->running()) GTEST_SKIP() << server->why();
        reactor = std::move(*Reactor::create());
        remote = mount(*reactor, server->url("/x"), &counters);
        ASSERT_TRUE(remote);
    }
    void TearDown() override {
        if (remote) EXPECT_TRUE(reactor->block_on(remote->close()).has_value());
        remote.reset();
    }
    Reply run(const Compound& program) {
        auto reply = reactor->block_on(remote->run(program));
        EXPECT_TRUE(reply.has_value()) << errc_text(reply.error().code);
        return reply ? std::move(*reply) : Reply();
    }
    // RPCs since the last time.
    uint64_t rpcs() {
        uint64_t count = counters.rpcs - seen;
        seen = counters.rpcs;
        return count;
    }
    static void write_file(const std::string& path, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << text;
    }

    static inline TempFolder* folder = nullptr;
    static inline Served* server = nullptr;
    client::RpcCounters counters;
    uint64_t seen = 0;
    std::unique_ptr<Reactor> reactor;
    std::unique_ptr<client::nfs4::Mount> remote;
};

TEST_F(Ganesha, a_cold_deep_file_is_read_in_one_rpc) {
    write_file(*folder / "a/b/c/d/e/file", std::string(4096, 'x'));
    EXPECT_EQ(rpcs(), 2u);  // EXCHANGE_ID, CREATE_SESSION
    Compound program;
    program.root().walk("a/b/c/d/e/file").open({}).getattr(stat_mask).read(0, 65536).close();
    Reply reply = run(program);
    ASSERT_TRUE(reply.ok()) << errc_text(reply.error.code) << " at " << reply.completed;
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(reply.completed, 6u);
    EXPECT_EQ(reply.find<Read>()->data.size(), 4096u);
    EXPECT_TRUE(reply.find<Read>()->eof);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.size, 4096u);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.type, FileType::regular);
}

}  // namespace
}  // namespace strait::interop
