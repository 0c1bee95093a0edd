// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/trace.h"

#include <gtest/gtest.h>

#include "wire/nfs4/callback.h"
#include "wire/nfs4/compound.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/lookup.h"
#include "wire/rpc/message.h"

namespace strait::wire::nfs4 {
namespace {

BufferChain call_record() {
    xdr::Writer out;
    rpc::write_call(out, 0x1a, {rpc::RPC_VERSION, NFS4_PROGRAM, NFS_V4, NFSPROC4_COMPOUND, {}, {}});
    CompoundCall call(out, "", 2);
    call.add(PUTROOTFH4args{});
    call.add(LOOKUP4args{"a"});
    call.finish();
    return out.take();
}

TEST(Trace, names_a_calls_operations) {
    EXPECT_EQ(describe_record(call_record(), Program::nfs, Detail::names),
              "CALL xid=1a PUTROOTFH LOOKUP");
    EXPECT_EQ(describe_record(call_record(), Program::nfs, Detail::full),
              "CALL xid=1a PUTROOTFH{} LOOKUP{objname=\"a\"}");
}

TEST(Trace, names_a_replys_results) {
    xdr::Writer out;
    rpc::write_success(out, 0x1a);
    CompoundReply reply(out, "");
    reply.add(PUTROOTFH4res{});
    reply.add(LOOKUP4res{NFS4ERR_NOENT});
    reply.finish(NFS4ERR_NOENT);
    EXPECT_EQ(describe_record(out.take(), Program::nfs, Detail::full),
              "REPLY xid=1a NFS4ERR_NOENT PUTROOTFH{status=NFS4_OK} LOOKUP{status=NFS4ERR_NOENT}");
}

TEST(Trace, knows_the_callback_program_and_what_is_no_compound) {
    xdr::Writer out;
    rpc::write_call(out, 1, {rpc::RPC_VERSION, 0x40000000, NFS_CB, CB_COMPOUND, {}, {}});
    CompoundCall call(out, "", 1, 0);
    call.add(CB_RECALL_SLOT4args{3});
    call.finish();
    EXPECT_EQ(describe_record(out.take(), Program::callback, Detail::full),
              "CALL xid=1 CB_RECALL_SLOT{rsa_target_highest_slotid=3}");
    rpc::write_call(out, 2, {rpc::RPC_VERSION, NFS4_PROGRAM, NFS_V4, NFSPROC4_NULL, {}, {}});
    EXPECT_EQ(describe_record(out.take(), Program::nfs, Detail::names), "CALL xid=2 NULL");
    rpc::write_success(out, 2);
    EXPECT_EQ(describe_record(out.take(), Program::nfs, Detail::names), "REPLY xid=2");
    rpc::write_auth_error(out, 3, rpc::AUTH_TOOWEAK);
    EXPECT_EQ(describe_record(out.take(), Program::nfs, Detail::names), "REPLY xid=3 AUTH_TOOWEAK");
    rpc::write_accept_error(out, 4, rpc::PROC_UNAVAIL);
    EXPECT_EQ(describe_record(out.take(), Program::nfs, Detail::names), "REPLY xid=4 PROC_UNAVAIL");
}

TEST(Trace, is_bounded) {
    xdr::Writer out;
    rpc::write_call(out, 1, {rpc::RPC_VERSION, NFS4_PROGRAM, NFS_V4, NFSPROC4_COMPOUND, {}, {}});
    CompoundCall call(out, "", 2);
    for (int i = 0; i < 100000; i++) call.add(PUTROOTFH4args{});
    call.finish();
    EXPECT_LT(describe_record(out.take(), Program::nfs, Detail::full).size(), 17000u);
}

TEST(Trace, says_what_is_malformed_at_any_length) {
    BufferChain record = call_record();
    for (size_t size = 0; size < record.size(); size++) {
        std::string line = describe_record(record.slice(0, size), Program::nfs, Detail::full);
        EXPECT_NE(line.find("(malformed)"), std::string::npos) << line;
    }
}

}  // namespace
}  // namespace strait::wire::nfs4
