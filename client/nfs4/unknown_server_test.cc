// SPDX-License-Identifier: LGPL-2.1-or-later
// Compounds stay plain for a server that is not known to take others: is_known() in
// session_setup.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "client/nfs4/fake_server.h"
#include "client/nfs4/mount.h"

namespace strait::client::nfs4 {
namespace {

using namespace vfs;
using namespace wire::nfs4;
using Seen = FakeServer::Seen;

// What a server of that name got to see of the program.
std::vector<Seen> compounds_of(std::string_view name, const Compound& program) {
    auto reactor = std::move(*Reactor::create());
    FakeServer server(*reactor);
    server.name = name;
    auto url = parse_url(server.url());
    auto options = parse_options(*url);
    auto mount = reactor->block_on(Mount::connect(*reactor, *url, *options));
    EXPECT_TRUE(mount.has_value());
    if (!mount) return {};
    auto reply = reactor->block_on((*mount)->run(program));
    EXPECT_TRUE(reply && reply->ok()) << name;
    EXPECT_TRUE(reactor->block_on((*mount)->close()).has_value());
    return server.seen;
}

bool has(const Seen& seen, std::string_view operation) {
    return (" " + seen.operations + " ").contains(" " + std::string(operation) + " ");
}

}  // namespace

TEST(UnknownServer, gets_data_that_begins_in_the_first_page_of_a_message) {
    const BufferChain piece(Buffer::copy_of(std::string(3000, 'x')));
    Compound program;
    program.root().walk("file").open({.access = OpenAccess::write});
    for (uint64_t i = 0; i < 4; i++) program.write(i * 5000, piece);
    program.close();
    auto with_writes = [&program](std::string_view name) {
        return std::ranges::count_if(compounds_of(name, program),
                                     [](const Seen& each) { return has(each, "WRITE"); });
    };
    EXPECT_EQ(with_writes("straitd"), 1);
    EXPECT_EQ(with_writes(""), 2);
    EXPECT_EQ(with_writes("another"), 2);
}

TEST(UnknownServer, is_told_by_its_stateid_which_open_a_seek_is_of) {
    Compound program;
    program.root().walk("file").open({}).add(Seek{}).close();
    auto opens_and_seeks = [&program](std::string_view name) {
        return std::ranges::any_of(compounds_of(name, program), [](const Seen& each) {
            return has(each, "OPEN") && has(each, "SEEK");
        });
    };
    EXPECT_TRUE(opens_and_seeks("straitd"));
    EXPECT_FALSE(opens_and_seeks(""));
}

}  // namespace strait::client::nfs4
