// SPDX-License-Identifier: LGPL-2.1-or-later
// Names: making, walking, removing, links.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

using testing::ElementsAre;

TEST_P(BackendContract, what_is_written_is_read_back) {
    make_file("f", "hello");
    EXPECT_EQ(read("f"), "hello");
    EXPECT_EQ(stat("f").size, 5u);
    EXPECT_EQ(stat("f").type, FileType::regular);
    EXPECT_THAT(list(""), ElementsAre("f"));
}

TEST_P(BackendContract, open_read_close_is_one_program) {
    make_directory("a");
    make_directory("a/b");
    make_file("a/b/f", "hello");
    Reply reply = ok(at("a/b/f").open({}).getattr(stat_mask).read(0, 100).close());
    EXPECT_EQ(reply.find<Read>()->data.flatten().text(), "hello");
    EXPECT_TRUE(reply.find<Read>()->eof);
    EXPECT_EQ(reply.find<GetAttr>()->attributes.size, 5u);
}

}  // namespace
}  // namespace strait::contract
