// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/trace.h"

#include <gtest/gtest.h>

namespace strait::client {
namespace {

TEST(RpcCounters, each_operation_of_each_list_counts) {
    RpcCounters counters;
    for (std::string_view list : {"SEQUENCE PUTFH READ", "SEQUENCE", "SEQUENCE PUTFH READ READ"})
        for (int i = 0; i < 2; i++) counters.rpc({.operations = list});
    const std::map<std::string, uint64_t, std::less<>> wanted{
        {"SEQUENCE", 6}, {"PUTFH", 4}, {"READ", 6}};
    EXPECT_EQ(counters.operations, wanted);
    EXPECT_EQ(counters.rpcs, 6u);
}

TEST(RpcCounters, any_number_of_lists_counts) {
    RpcCounters counters;
    std::string list = "PUTFH";
    uint64_t sent = 0;
    for (int i = 1; i <= 600; i++, list += " PUTFH") {
        counters.rpc({.operations = list});
        sent += static_cast<uint64_t>(i);
    }
    EXPECT_EQ(counters.operations.at("PUTFH"), sent);
}

TEST(RpcCounters, begin_again_at_nothing) {
    RpcCounters counters;
    counters.rpc({.operations = "SEQUENCE READ"});
    counters = {};
    EXPECT_TRUE(counters.operations.empty());
    counters.rpc({.operations = "SEQUENCE READ"});
    EXPECT_EQ(counters.operations.at("READ"), 1u);
}

}  // namespace
}  // namespace strait::client
