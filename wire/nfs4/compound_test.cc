// SPDX-License-Identifier: LGPL-2.1-or-later
// Compounds as servers and clients build and read them.
#include "wire/nfs4/compound.h"

#include <gtest/gtest.h>

#include "wire/nfs4/golden_values.h"
#include "wire/nfs4/ops.h"

namespace strait::wire::nfs4 {
namespace {

TEST(Compound, call_bytes) {
    xdr::Writer out;
    CompoundCall call(out, "t", 2);
    call.add(PUTROOTFH4args{});
    call.add(LOOKUP4args{"a"});
    call.add(GETFH4args{});
    call.finish();
    EXPECT_EQ(call.count(), 3u);
    EXPECT_EQ(hex(out.take().flatten().text()),
              hex(spelled("00000001 't' 000000 00000002 00000003 "
                          "00000018 0000000f 00000001 'a' 000000 0000000a")));
}

TEST(Compound, callback_call_bytes) {
    xdr::Writer out;
    CompoundCall call(out, "", 1, 7);
    call.add(CB_SEQUENCE4args{sessid, 1, 0, 0, false, {}});
    call.add(CB_RECALL4args{sid, false, fh()});
    call.finish();
    EXPECT_EQ(hex(out.take().flatten().text()),
              hex(spelled("00000000 00000001 00000007 00000002 "
                          "0000000b 'session-id-00001' 00000001 00000000 00000000 00000000 "
                          "00000000 00000004 " GOLDEN_STATEID "00000000 00000006 'handle' 0000")));
}

TEST(Compound, operations_are_read_one_by_one_until_the_first_bad_one) {
    std::string bytes = spelled(
        "00000000 00000001 00000004 "
        "00000018 "                     // PUTROOTFH
        "0000000f 00000001 'a' 000000"  // LOOKUP a
        "00000002 "                     // no operation
        "00000001");
    xdr::Reader in(as_bytes(bytes));
    CompoundHead head;
    ASSERT_TRUE(read(in, head));
    EXPECT_EQ(head.minorversion, 1u);
    EXPECT_EQ(head.count, 4u);
    nfs_argop4 op;
    ASSERT_TRUE(read(in, op));
    EXPECT_EQ(op.argop, OP_PUTROOTFH);
    ASSERT_TRUE(read(in, op));
    EXPECT_EQ(std::get<LOOKUP4args>(op.args).objname, "a");
    ASSERT_TRUE(read(in, op));
    EXPECT_EQ(op.argop, OP_ILLEGAL);
}

TEST(Compound, malformed_operation_is_told) {
    std::string bytes = spelled("0000000f 00000009 'a' 000000");
    xdr::Reader in(as_bytes(bytes));
    nfs_argop4 op;
    EXPECT_FALSE(read(in, op));
    EXPECT_EQ(op.argop, OP_LOOKUP);  // BADXDR is this operation's result
}

TEST(Compound, absurd_tag_is_refused) {
    std::string bytes = spelled("00001001") + std::string(0x1001 + 3 + 8, 't');
    xdr::Reader in(as_bytes(bytes));
    CompoundHead head;
    EXPECT_FALSE(read(in, head));
    EXPECT_EQ(in.fault(), xdr::Fault::too_long);
}

TEST(Compound, reply_drops_the_result_that_made_it_too_big) {
    xdr::Writer out;
    CompoundReply reply(out, "t");
    reply.add(PUTROOTFH4res{});
    size_t before = reply.size();
    BufferChain data(Buffer::allocate(100000));
    reply.add(READ4res{NFS4_OK, {false, data}});
    EXPECT_EQ(reply.size(), before + 4 + 4 + 4 + 4 + 100000);
    reply.drop_last();
    EXPECT_EQ(reply.size(), before);
    reply.add_error(OP_READ, NFS4ERR_REP_TOO_BIG);
    reply.finish(NFS4ERR_REP_TOO_BIG);
    EXPECT_EQ(hex(out.take().flatten().text()),
              hex(spelled("00002752 00000001 't' 000000 00000002 "
                          "00000018 00000000 00000019 00002752")));
}

TEST(Compound, error_result_reads_as_that_operations_result) {
    for (uint32_t number = 3; number <= 75; number++) {
        xdr::Writer out;
        CompoundReply reply(out, "");
        reply.add_error(static_cast<nfs_opnum4>(number), NFS4ERR_STALE);
        reply.finish(NFS4ERR_STALE);
        xdr::Reader in(out.take());
        CompoundReplyHead head;
        nfs_resop4 result;
        ASSERT_TRUE(read(in, head) && read(in, result) && in.finish())
            << to_string(static_cast<nfs_opnum4>(number));
        std::visit([](auto& res) { EXPECT_EQ(status_of(res), NFS4ERR_STALE); }, result.res);
    }
}

TEST(Compound, client_reads_results_in_the_order_of_its_call) {
    xdr::Writer out;
    CompoundReply reply(out, "t");
    reply.add(PUTROOTFH4res{});
    reply.add(GETFH4res{NFS4_OK, {fh()}});
    reply.add(LOOKUP4res{NFS4ERR_NOENT});
    reply.finish(NFS4ERR_NOENT);
    xdr::Reader in(out.take());
    CompoundResults results(in);
    ASSERT_TRUE(results.read_head());
    EXPECT_EQ(results.status(), NFS4ERR_NOENT);
    EXPECT_EQ(results.tag(), "t");
    EXPECT_EQ(results.left(), 3u);
    PUTROOTFH4res root;
    EXPECT_EQ(results.next(root).value(), NFS4_OK);
    GETFH4res handle;
    EXPECT_EQ(results.next(handle).value(), NFS4_OK);
    EXPECT_EQ(handle.resok4.object.text(), "handle");
    LOOKUP4res lookup;
    EXPECT_EQ(results.next(lookup).value(), NFS4ERR_NOENT);
    EXPECT_EQ(results.next(lookup).error(), Errc::protocol);  // nothing left
}

TEST(Compound, client_refuses_another_operations_result) {
    xdr::Writer out;
    CompoundReply reply(out, "");
    reply.add(PUTROOTFH4res{});
    reply.finish(NFS4_OK);
    xdr::Reader in(out.take());
    CompoundResults results(in);
    ASSERT_TRUE(results.read_head());
    PUTFH4res other;
    EXPECT_EQ(results.next(other).error(), Errc::protocol);
}

TEST(Compound, client_learns_that_the_server_does_not_know_an_operation) {
    xdr::Writer out;
    CompoundReply reply(out, "");
    reply.add(ILLEGAL4res{});
    reply.finish(NFS4ERR_OP_ILLEGAL);
    xdr::Reader in(out.take());
    CompoundResults results(in);
    ASSERT_TRUE(results.read_head());
    SEEK4res seek;
    EXPECT_EQ(results.next(seek).value(), NFS4ERR_OP_ILLEGAL);
}

// The promise of the room: a WRITE call and a READ reply of 1 MiB cost no copy, sent or received.
TEST(Compound, a_mebibyte_is_not_copied_on_its_way) {
    constexpr size_t mebibyte = 1 << 20;
    Buffer data = Buffer::allocate(mebibyte);
    uint64_t copied = copied_bytes();
    xdr::Writer out;
    CompoundCall call(out, "", 2);
    call.add(SEQUENCE4args{sessid, 1, 0, 0, true});
    call.add(PUTFH4args{fh()});
    call.add(WRITE4args{sid, 0, UNSTABLE4, BufferChain(data)});
    call.add(GETATTR4args{{4}});
    call.finish();
    BufferChain sent = out.take();
    EXPECT_EQ(copied_bytes(), copied);
    // As received: in slices of 64 KiB of other memory, cut anywhere.
    Buffer wire_bytes = Buffer::allocate(sent.size());
    sent.copy_to(wire_bytes.writable());
    BufferChain received;
    for (size_t at = 0; at < wire_bytes.size(); at += 65521)
        received.append(wire_bytes.slice(at, std::min<size_t>(65521, wire_bytes.size() - at)));
    copied = copied_bytes();
    xdr::Reader in(received);
    CompoundHead head;
    nfs_argop4 op;
    ASSERT_TRUE(read(in, head) && read(in, op) && read(in, op) && read(in, op));
    auto& write = std::get<WRITE4args>(op.args);
    EXPECT_EQ(write.data.size(), mebibyte);
    EXPECT_EQ(write.data.parts().size(), 17u);
    ASSERT_TRUE(read(in, op) && in.finish());
    EXPECT_EQ(copied_bytes(), copied);
}

}  // namespace
}  // namespace strait::wire::nfs4
