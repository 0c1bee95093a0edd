// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/tracer.h"

#include <gtest/gtest.h>

namespace strait::tool {
namespace {

client::RpcTrace call(std::string_view operations, Duration took, Error status = Errc::ok) {
    return {.server = "nas:2049",
            .operations = operations,
            .request_bytes = 100,
            .reply_bytes = 200,
            .took = took,
            .status = status,
            .stopped_at = "OPEN",
            .minor = 2,
            .uid = 5};
}

TEST(Tracer, calls_that_overlap_are_one_round_trip) {
    Tracer tracer(false);
    tracer.connected("nas:2049", false);
    tracer.rpc(call("SEQUENCE READ", 0ms));
    tracer.rpc(call("SEQUENCE READ", 1h));
    tracer.rpc(call("SEQUENCE READ", 1h));
    tracer.rpc(call("SEQUENCE READ", 0ms));
    EXPECT_EQ(tracer.round_trips(), 3u);
    EXPECT_EQ(tracer.counters().rpcs, 4u);
    EXPECT_EQ(tracer.rpcs_to("nas:2049"), 4u);
    EXPECT_EQ(tracer.rpcs_to("other:2049"), 0u);
}

TEST(Tracer, the_latest_refusal_with_the_same_status_is_found) {
    Tracer tracer(false);
    Error access(Errc::access, Domain::nfs4, 13), stale(Errc::stale, Domain::nfs4, 70);
    tracer.rpc(call("SEQUENCE OPEN", 1ms, access));
    tracer.rpc(call("SEQUENCE OPEN", 1ms, stale));
    auto found = tracer.refusal("nas:2049", access);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->operation, "OPEN");
    EXPECT_EQ(found->uid, 5u);
    EXPECT_FALSE(tracer.refusal("nas:2050", access));
    EXPECT_FALSE(tracer.refusal("nas:2049", Error(Errc::noent, Domain::nfs4, 2)));
}

TEST(Tracer, a_line_holds_operations_sizes_time_and_the_refusal) {
    std::string line =
        trace_line(call("SEQUENCE OPEN", 1500us, Error(Errc::access, Domain::nfs4, 13)));
    EXPECT_EQ(line,
              "rpc nas:2049 SEQUENCE OPEN  out 100 B, in 200 B, 1.500 ms  -> NFS4ERR_ACCESS at "
              "OPEN");
}

TEST(Tracer, the_summary_counts_each_operation) {
    Tracer tracer(false);
    tracer.rpc(call("SEQUENCE READ READ", 0ms));
    std::string text = tracer.summary();
    EXPECT_NE(text.find("1 RPCs"), std::string::npos) << text;
    EXPECT_NE(text.find("  READ                 2\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace strait::tool
