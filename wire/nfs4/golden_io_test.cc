// SPDX-License-Identifier: LGPL-2.1-or-later
// Golden bytes: opens, locks, data.
#include "wire/nfs4/allocate.h"
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/close.h"
#include "wire/nfs4/commit.h"
#include "wire/nfs4/copy.h"
#include "wire/nfs4/golden_values.h"
#include "wire/nfs4/lock.h"
#include "wire/nfs4/open.h"
#include "wire/nfs4/read.h"
#include "wire/nfs4/read_plus.h"
#include "wire/nfs4/stateid.h"
#include "wire/nfs4/write.h"

namespace strait::wire::nfs4 {
namespace {

BufferChain data(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }
state_owner4 owner() { return {0x1122334455667788, xdr::Opaque<1024>(std::string_view("own"))}; }

#define GOLDEN_OWNER "1122334455667788 00000003 'own' 00 "

TEST(Golden, open_of_a_name_without_create) {
    OPEN4args open{0, OPEN4_SHARE_ACCESS_READ | OPEN4_SHARE_ACCESS_WANT_NO_DELEG, 0, owner(), {},
                   {}};
    open.claim.file = "f";
    golden(open,
           "00000000 00000401 00000000 " GOLDEN_OWNER "00000000  00000000 00000001 'f' 000000");
}

TEST(Golden, open_with_each_way_to_create) {
    Attributes4 mode;
    mode.mask = {FATTR4_MODE};
    mode.mode = 0600;
    OPEN4args open{0, 2, 1, owner(), {OPEN4_CREATE, {}}, {}};
    open.claim.file = "f";
    createhow4& how = open.openhow.how;
#define GOLDEN_HEAD "00000000 00000002 00000001 " GOLDEN_OWNER "00000001 "
#define GOLDEN_MODE "00000002 00000000 00000002 00000004 00000180 "
#define GOLDEN_CLAIM "00000000 00000001 'f' 000000"
    how = {UNCHECKED4, fattr4::of(mode), {}, {}};
    golden(open, GOLDEN_HEAD "00000000 " GOLDEN_MODE GOLDEN_CLAIM);
    how.mode = GUARDED4;
    golden(open, GOLDEN_HEAD "00000001 " GOLDEN_MODE GOLDEN_CLAIM);
    how = {EXCLUSIVE4, {}, verf, {}};
    golden(open, GOLDEN_HEAD "00000002 'verifier' " GOLDEN_CLAIM);
    how = {EXCLUSIVE4_1, {}, {}, {verf, fattr4::of(mode)}};
    golden(open, GOLDEN_HEAD "00000003 'verifier' " GOLDEN_MODE GOLDEN_CLAIM);
    refused<OPEN4args>(GOLDEN_HEAD "00000004 " GOLDEN_CLAIM, xdr::Fault::bad_arm);
}

TEST(Golden, open_with_each_claim) {
    auto with = [](open_claim4 claim, std::string_view golden_claim) {
        OPEN4args open{0, 1, 0, owner(), {}, claim};
        golden(open,
               "00000000 00000001 00000000 " GOLDEN_OWNER "00000000 " + std::string(golden_claim));
    };
    open_claim4 claim;
    claim.claim = CLAIM_PREVIOUS;
    claim.delegate_type = OPEN_DELEGATE_WRITE;
    with(claim, "00000001 00000002");
    claim = {};
    claim.claim = CLAIM_DELEGATE_CUR;
    claim.delegate_cur_info = {sid, "f"};
    with(claim, "00000002 " GOLDEN_STATEID "00000001 'f' 000000");
    claim = {};
    claim.claim = CLAIM_DELEGATE_PREV;
    claim.file_delegate_prev = "f";
    with(claim, "00000003 00000001 'f' 000000");
    claim = {};
    claim.claim = CLAIM_FH;
    with(claim, "00000004");
    claim.claim = CLAIM_DELEG_CUR_FH;
    claim.oc_delegate_stateid = sid;
    with(claim, "00000005 " GOLDEN_STATEID);
    claim = {};
    claim.claim = CLAIM_DELEG_PREV_FH;
    with(claim, "00000006");
    refused<OPEN4args>("00000000 00000001 00000000 " GOLDEN_OWNER "00000000 00000007",
                       xdr::Fault::bad_arm);
    refused<OPEN4args>("00000000 00000001 00000000 " GOLDEN_OWNER "00000002 00000004",
                       xdr::Fault::bad_enum);
}

TEST(Golden, open_result_with_each_delegation) {
    OPEN4res result{NFS4_OK, {sid, cinfo, OPEN4_RESULT_LOCKTYPE_POSIX, {}, {}}};
#define GOLDEN_RESULT "00000000 " GOLDEN_STATEID GOLDEN_CINFO "00000004 00000000 "
#define GOLDEN_ACE "00000000 00000000 00120081 00000006 'OWNER@' 0000"
    golden(result, GOLDEN_RESULT "00000000");
    open_delegation4& granted = result.resok4.delegation;
    nfsace4 ace{ACE4_ACCESS_ALLOWED_ACE_TYPE, 0, ACE4_GENERIC_READ, "OWNER@"};
    granted.delegation_type = OPEN_DELEGATE_READ;
    granted.read = {sid, false, ace};
    golden(result, GOLDEN_RESULT "00000001 " GOLDEN_STATEID "00000000 " GOLDEN_ACE);
    granted = {};
    granted.delegation_type = OPEN_DELEGATE_WRITE;
    granted.write = {sid, true, {NFS_LIMIT_SIZE, 4096, {}}, ace};
    golden(result, GOLDEN_RESULT "00000002 " GOLDEN_STATEID
                                 "00000001 00000001 0000000000001000 " GOLDEN_ACE);
    granted.write.space_limit = {NFS_LIMIT_BLOCKS, 0, {2, 512}};
    golden(result, GOLDEN_RESULT "00000002 " GOLDEN_STATEID
                                 "00000001 00000002 00000002 00000200 " GOLDEN_ACE);
    granted = {};
    granted.delegation_type = OPEN_DELEGATE_NONE_EXT;
    granted.od_whynone.ond_why = WND4_NOT_WANTED;
    golden(result, GOLDEN_RESULT "00000003 00000000");
    granted.od_whynone = {WND4_CONTENTION, true, false};
    golden(result, GOLDEN_RESULT "00000003 00000001 00000001");
    granted.od_whynone = {WND4_RESOURCE, false, true};
    golden(result, GOLDEN_RESULT "00000003 00000002 00000001");
    golden(OPEN4res{NFS4ERR_SHARE_DENIED, {}}, "0000271f");
}

TEST(Golden, close_and_downgrade) {
    golden(CLOSE4args{0, sid}, "00000000 " GOLDEN_STATEID);
    golden(CLOSE4res{NFS4_OK, sid}, "00000000 " GOLDEN_STATEID);
    golden(CLOSE4res{NFS4ERR_LOCKS_HELD, {}}, "00002735");
    golden(OPEN_DOWNGRADE4args{sid, 0, 1, 2}, GOLDEN_STATEID "00000000 00000001 00000002");
    golden(OPEN_DOWNGRADE4res{NFS4_OK, {sid}}, "00000000 " GOLDEN_STATEID);
    golden(OPENATTR4args{true}, "00000001");
    golden(OPENATTR4res{NFS4ERR_NOTSUPP}, "00002714");
}

TEST(Golden, locks) {
    golden(LOCK4args{WRITE_LT, false, 1, 2, {true, {3, sid, 4, owner()}, {}}},
           "00000002 00000000 0000000000000001 0000000000000002 "
           "00000001 00000003 " GOLDEN_STATEID "00000004 " GOLDEN_OWNER);
    golden(LOCK4args{READW_LT, true, 0, NFS4_UINT64_MAX, {false, {}, {sid, 9}}},
           "00000003 00000001 0000000000000000 ffffffffffffffff "
           "00000000 " GOLDEN_STATEID "00000009");
    golden(LOCK4res{NFS4_OK, {sid}, {}}, "00000000 " GOLDEN_STATEID);
    golden(LOCK4res{NFS4ERR_DENIED, {}, {1, 2, READ_LT, owner()}},
           "0000271a 0000000000000001 0000000000000002 00000001 " GOLDEN_OWNER);
    golden(LOCK4res{NFS4ERR_DEADLOCK, {}, {}}, "0000273d");
    golden(LOCKT4args{READ_LT, 1, 2, owner()},
           "00000001 0000000000000001 0000000000000002 " GOLDEN_OWNER);
    golden(LOCKT4res{NFS4_OK, {}}, "00000000");
    golden(LOCKT4res{NFS4ERR_DENIED, {1, 2, WRITE_LT, owner()}},
           "0000271a 0000000000000001 0000000000000002 00000002 " GOLDEN_OWNER);
    golden(LOCKU4args{WRITE_LT, 0, sid, 1, 2},
           "00000002 00000000 " GOLDEN_STATEID "0000000000000001 0000000000000002");
    golden(LOCKU4res{NFS4_OK, sid}, "00000000 " GOLDEN_STATEID);
    refused<LOCKT4args>("00000005 0000000000000001 0000000000000002 " GOLDEN_OWNER,
                        xdr::Fault::bad_enum);
    refused<LOCKT4args>("00000000 0000000000000001 0000000000000002 " GOLDEN_OWNER,
                        xdr::Fault::bad_enum);
}

TEST(Golden, read_and_write) {
    golden(READ4args{current_stateid, 0x100000000, 4096},
           "00000001 00000000 00000000 00000000 0000000100000000 00001000");
    golden(READ4res{NFS4_OK, {true, data("hello")}}, "00000000 00000001 00000005 'hello' 000000");
    golden(READ4res{NFS4_OK, {true, {}}}, "00000000 00000001 00000000");
    golden(READ4res{NFS4ERR_OPENMODE, {}}, "00002736");
    golden(WRITE4args{read_bypass_stateid, 8, FILE_SYNC4, data("abcd")},
           "ffffffff ffffffff ffffffff ffffffff 0000000000000008 00000002 00000004 'abcd'");
    golden(WRITE4res{NFS4_OK, {4, UNSTABLE4, verf}}, "00000000 00000004 00000000 'verifier'");
    refused<WRITE4args>(GOLDEN_STATEID "0000000000000008 00000007 00000000", xdr::Fault::bad_enum);
    golden(COMMIT4args{1, 2}, "0000000000000001 00000002");
    golden(COMMIT4res{NFS4_OK, {verf}}, "00000000 'verifier'");
}

TEST(Golden, holes_and_space) {
    golden(ALLOCATE4args{sid, 1, 2}, GOLDEN_STATEID "0000000000000001 0000000000000002");
    golden(ALLOCATE4res{NFS4ERR_NOSPC}, "0000001c");
    golden(DEALLOCATE4args{sid, 1, 2}, GOLDEN_STATEID "0000000000000001 0000000000000002");
    golden(DEALLOCATE4res{}, "00000000");
    golden(SEEK4args{sid, 5, NFS4_CONTENT_HOLE}, GOLDEN_STATEID "0000000000000005 00000001");
    golden(SEEK4res{NFS4_OK, {false, 77}}, "00000000 00000000 000000000000004d");
    golden(SEEK4res{NFS4ERR_NXIO, {}}, "00000006");
    golden(IO_ADVISE4args{sid, 1, 2, {IO_ADVISE4_WILLNEED}},
           GOLDEN_STATEID "0000000000000001 0000000000000002 00000001 00000010");
    golden(IO_ADVISE4res{NFS4_OK, {{IO_ADVISE4_RANDOM}}}, "00000000 00000001 00000008");
}

TEST(Golden, read_plus_and_write_same) {
    golden(READ_PLUS4args{sid, 1, 2}, GOLDEN_STATEID "0000000000000001 00000002");
    READ_PLUS4res result{NFS4_OK, {true, {}}};
    result.rp_resok4.rpr_contents.push_back({NFS4_CONTENT_DATA, {8, data("abc")}, {}});
    result.rp_resok4.rpr_contents.push_back({NFS4_CONTENT_HOLE, {}, {11, 4096}});
    golden(result,
           "00000000 00000001 00000002 00000000 0000000000000008 00000003 'abc' 00 "
           "00000001 000000000000000b 0000000000001000");
    golden(
        WRITE_SAME4args{
            sid, DATA_SYNC4, {1, 2, 3, 4, 5, 6, xdr::Opaque<65536>(std::string_view("pat"))}},
        GOLDEN_STATEID
        "00000001 0000000000000001 0000000000000002 0000000000000003 0000000000000004 "
        "00000005 0000000000000006 00000003 'pat' 00");
    golden(WRITE_SAME4res{NFS4_OK, {std::nullopt, 6, FILE_SYNC4, verf}},
           "00000000 00000000 0000000000000006 00000002 'verifier'");
}

TEST(Golden, server_side_copy) {
    golden(COPY4args{sid, current_stateid, 1, 2, 3, true, false, {{NL4_URL, {}, "u", {}}}},
           GOLDEN_STATEID
           "00000001 00000000 00000000 00000000 0000000000000001 0000000000000002 "
           "0000000000000003 00000001 00000000 00000001 00000002 00000001 'u' 000000");
    golden(COPY4res{NFS4_OK, {{sid, 5, UNSTABLE4, verf}, {true, false}}, {}},
           "00000000 00000001 " GOLDEN_STATEID
           "0000000000000005 00000000 'verifier' 00000001 00000000");
    golden(COPY4res{NFS4ERR_OFFLOAD_NO_REQS, {}, {false, true}}, "0000276e 00000000 00000001");
    golden(COPY_NOTIFY4args{sid, {NL4_NAME, "h", {}, {}}},
           GOLDEN_STATEID "00000001 00000001 'h' 000000");
    golden(COPY_NOTIFY4res{NFS4_OK, {{90, 0}, sid, {{NL4_NETADDR, {}, {}, {"tcp", "a"}}}}},
           "00000000 000000000000005a 00000000 " GOLDEN_STATEID
           "00000001 00000003 00000003 'tcp' 00 00000001 'a' 000000");
    golden(OFFLOAD_CANCEL4args{sid}, GOLDEN_STATEID);
    golden(OFFLOAD_CANCEL4res{}, "00000000");
    golden(OFFLOAD_STATUS4args{sid}, GOLDEN_STATEID);
    golden(OFFLOAD_STATUS4res{NFS4_OK, {7, NFS4ERR_IO}},
           "00000000 0000000000000007 00000001 00000005");
    golden(CLONE4args{sid, sid, 1, 2, 3},
           GOLDEN_STATEID GOLDEN_STATEID "0000000000000001 0000000000000002 0000000000000003");
    golden(CLONE4res{NFS4ERR_INVAL}, "00000016");
}

TEST(Golden, stateids) {
    golden(TEST_STATEID4args{{sid, current_stateid}},
           "00000002 " GOLDEN_STATEID "00000001 00000000 00000000 00000000");
    golden(TEST_STATEID4res{NFS4_OK, {{NFS4_OK, NFS4ERR_BAD_STATEID}}},
           "00000000 00000002 00000000 00002729");
    golden(FREE_STATEID4args{sid}, GOLDEN_STATEID);
    golden(FREE_STATEID4res{NFS4ERR_LOCKS_HELD}, "00002735");
}

}  // namespace
}  // namespace strait::wire::nfs4
