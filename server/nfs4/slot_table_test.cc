// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/slot_table.h"

#include <gtest/gtest.h>

namespace strait::server::nfs4 {
namespace {

constexpr uint64_t request = 77;

BufferChain reply_of(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }

nfsstat4 status(const SharedSlots::Begun& begun) { return begun ? NFS4_OK : begun.error(); }

TEST(SharedSlots, a_new_request_runs_and_its_retry_gets_the_reply_again) {
    SharedSlots slots(2);
    auto first = slots.begin(1, 1, request);
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->has_value());
    slots.finish(1, reply_of("done"));
    auto again = slots.begin(1, 1, request);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->flatten().text(), "done");
}

TEST(SharedSlots, a_retry_while_the_request_runs_is_told_to_wait) {
    SharedSlots slots(1);
    ASSERT_TRUE(slots.begin(0, 1, request));
    EXPECT_EQ(status(slots.begin(0, 1, request)), NFS4ERR_DELAY);
    EXPECT_EQ(status(slots.begin(0, 2, request)), NFS4ERR_SEQ_MISORDERED);
}

TEST(SharedSlots, a_reply_that_was_not_kept_cannot_be_replayed) {
    SharedSlots slots(1);
    ASSERT_TRUE(slots.begin(0, 1, request));
    slots.finish(0, std::nullopt);
    EXPECT_EQ(status(slots.begin(0, 1, request)), NFS4ERR_RETRY_UNCACHED_REP);
    EXPECT_EQ(status(slots.begin(0, 2, request)), NFS4_OK);
}

TEST(SharedSlots, another_request_under_a_used_number_is_a_false_retry) {
    SharedSlots slots(1);
    ASSERT_TRUE(slots.begin(0, 1, request));
    slots.finish(0, reply_of("done"));
    EXPECT_EQ(status(slots.begin(0, 1, request + 1)), NFS4ERR_SEQ_FALSE_RETRY);
}

TEST(SharedSlots, numbers_out_of_order_and_slots_out_of_range_are_refused) {
    SharedSlots slots(2);
    EXPECT_EQ(status(slots.begin(2, 1, request)), NFS4ERR_BADSLOT);
    EXPECT_EQ(status(slots.begin(0, 0, request)), NFS4ERR_SEQ_MISORDERED);
    EXPECT_EQ(status(slots.begin(0, 2, request)), NFS4ERR_SEQ_MISORDERED);
    ASSERT_TRUE(slots.begin(0, 1, request));
    slots.finish(0, reply_of(""));
    EXPECT_EQ(status(slots.begin(0, 3, request)), NFS4ERR_SEQ_MISORDERED);
    EXPECT_EQ(status(slots.begin(0, 0, request)), NFS4ERR_SEQ_MISORDERED);
}

TEST(SharedSlots, knows_whether_others_are_running) {
    SharedSlots slots(2);
    EXPECT_FALSE(slots.busy_besides(std::nullopt));
    ASSERT_TRUE(slots.begin(1, 1, request));
    EXPECT_TRUE(slots.busy_besides(0));
    EXPECT_FALSE(slots.busy_besides(1));
}

}  // namespace
}  // namespace strait::server::nfs4
