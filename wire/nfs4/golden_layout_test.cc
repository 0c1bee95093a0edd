// SPDX-License-Identifier: LGPL-2.1-or-later
// Golden bytes: pNFS and the callback program.
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/callback.h"
#include "wire/nfs4/callback_layout.h"
#include "wire/nfs4/golden_values.h"
#include "wire/nfs4/layout.h"

namespace strait::wire::nfs4 {
namespace {

layout_body body(std::string_view text = "body") { return layout_body(text); }

TEST(Golden, devices) {
    golden(GETDEVICEINFO4args{devid, LAYOUT4_FLEX_FILES, 100, {1}},
           "'device-id-000001' 00000004 00000064 00000001 00000002");
    golden(GETDEVICEINFO4res{NFS4_OK, {{LAYOUT4_NFSV4_1_FILES, body()}, {}}, 0},
           "00000000 00000001 00000004 'body' 00000000");
    golden(GETDEVICEINFO4res{NFS4ERR_TOOSMALL, {}, 200}, "00002715 000000c8");
    golden(GETDEVICELIST4args{LAYOUT4_NFSV4_1_FILES, 5, 6, verf},
           "00000001 00000005 0000000000000006 'verifier'");
    golden(GETDEVICELIST4res{NFS4_OK, {6, verf, {devid}, true}},
           "00000000 0000000000000006 'verifier' 00000001 'device-id-000001' 00000001");
}

TEST(Golden, layouts) {
    golden(LAYOUTGET4args{false, LAYOUT4_NFSV4_1_FILES, LAYOUTIOMODE4_RW, 1, 2, 3, sid, 4},
           "00000000 00000001 00000002 0000000000000001 0000000000000002 "
           "0000000000000003 " GOLDEN_STATEID "00000004");
    golden(LAYOUTGET4res{NFS4_OK,
                         {true, sid, {{1, 2, LAYOUTIOMODE4_READ, {LAYOUT4_FLEX_FILES, body()}}}},
                         false},
           "00000000 00000001 " GOLDEN_STATEID
           "00000001 0000000000000001 0000000000000002 00000001 00000004 00000004 'body'");
    golden(LAYOUTGET4res{NFS4ERR_LAYOUTTRYLATER, {}, true}, "0000274a 00000001");
    golden(
        LAYOUTCOMMIT4args{1, 2, false, sid, {true, 9}, {true, {3, 4}}, {LAYOUT4_NFSV4_1_FILES, {}}},
        "0000000000000001 0000000000000002 00000000 " GOLDEN_STATEID
        "00000001 0000000000000009 00000001 0000000000000003 00000004 00000001 00000000");
    golden(LAYOUTCOMMIT4args{1, 2, true, sid, {}, {}, {LAYOUT4_FLEX_FILES, body()}},
           "0000000000000001 0000000000000002 00000001 " GOLDEN_STATEID
           "00000000 00000000 00000004 00000004 'body'");
    golden(LAYOUTCOMMIT4res{NFS4_OK, {{true, 5}}}, "00000000 00000001 0000000000000005");
    golden(LAYOUTRETURN4args{false,
                             LAYOUT4_NFSV4_1_FILES,
                             LAYOUTIOMODE4_ANY,
                             {LAYOUTRETURN4_FILE, {1, 2, sid, body()}}},
           "00000000 00000001 00000003 00000001 0000000000000001 0000000000000002 " GOLDEN_STATEID
           "00000004 'body'");
    golden(LAYOUTRETURN4args{true, LAYOUT4_NFSV4_1_FILES, LAYOUTIOMODE4_ANY, {}},
           "00000001 00000001 00000003 00000003");
    golden(LAYOUTRETURN4res{NFS4_OK, {true, sid}}, "00000000 00000001 " GOLDEN_STATEID);
    golden(LAYOUTRETURN4res{NFS4_OK, {}}, "00000000 00000000");
    golden(LAYOUTERROR4args{1, 2, sid, {{devid, NFS4ERR_IO, OP_WRITE}}},
           "0000000000000001 0000000000000002 " GOLDEN_STATEID
           "00000001 'device-id-000001' 00000005 00000026");
    golden(LAYOUTERROR4res{}, "00000000");
    golden(LAYOUTSTATS4args{1, 2, sid, {3, 4}, {5, 6}, devid, {LAYOUT4_FLEX_FILES, body()}},
           "0000000000000001 0000000000000002 " GOLDEN_STATEID
           "0000000000000003 0000000000000004 0000000000000005 0000000000000006 "
           "'device-id-000001' 00000004 00000004 'body'");
    golden(LAYOUTSTATS4res{}, "00000000");
}

TEST(Golden, callbacks_for_state) {
    golden(CB_RECALL4args{sid, true, fh()}, GOLDEN_STATEID "00000001 00000006 'handle' 0000");
    golden(CB_RECALL4res{NFS4ERR_BADHANDLE}, "00002711");
    golden(CB_GETATTR4args{fh(), {FATTR4_SIZE}}, "00000006 'handle' 0000 00000001 00000010");
    Attributes4 size;
    size.mask = {FATTR4_SIZE};
    size.size = 3;
    golden(CB_GETATTR4res{NFS4_OK, {fattr4::of(size)}},
           "00000000 00000001 00000010 00000008 0000000000000003");
    golden(CB_RECALL_ANY4args{10, {RCA4_TYPE_MASK_RDATA_DLG}}, "0000000a 00000001 00000001");
    golden(CB_RECALL_ANY4res{}, "00000000");
    golden(CB_RECALLABLE_OBJ_AVAIL4args{1, {}}, "00000001 00000000");
    golden(CB_RECALLABLE_OBJ_AVAIL4res{}, "00000000");
    golden(CB_RECALL_SLOT4args{5}, "00000005");
    golden(CB_RECALL_SLOT4res{NFS4ERR_BAD_HIGH_SLOT}, "0000275d");
    golden(CB_WANTS_CANCELLED4args{true, false}, "00000001 00000000");
    golden(CB_WANTS_CANCELLED4res{}, "00000000");
    golden(CB_NOTIFY_LOCK4args{fh(), {5, xdr::Opaque<1024>(std::string_view("own"))}},
           "00000006 'handle' 0000 0000000000000005 00000003 'own' 00");
    golden(CB_NOTIFY_LOCK4res{}, "00000000");
    golden(CB_OFFLOAD4args{fh(), sid, {NFS4_OK, {std::nullopt, 8, FILE_SYNC4, verf}, 0}},
           "00000006 'handle' 0000 " GOLDEN_STATEID
           "00000000 00000000 0000000000000008 00000002 'verifier'");
    golden(CB_OFFLOAD4args{fh(), sid, {NFS4ERR_NOSPC, {}, 4096}},
           "00000006 'handle' 0000 " GOLDEN_STATEID "0000001c 0000000000001000");
    golden(CB_OFFLOAD4res{}, "00000000");
}

TEST(Golden, callback_sequence) {
    golden(CB_SEQUENCE4args{sessid, 1, 0, 0, false, {{sessid, {{7, 8}}}}},
           "'session-id-00001' 00000001 00000000 00000000 00000000 "
           "00000001 'session-id-00001' 00000001 00000007 00000008");
    golden(CB_SEQUENCE4res{NFS4_OK, {sessid, 1, 0, 0, 0}},
           "00000000 'session-id-00001' 00000001 00000000 00000000 00000000");
    golden(CB_SEQUENCE4res{NFS4ERR_BADSESSION, {}}, "00002744");
}

TEST(Golden, callbacks_for_layouts_and_directories) {
    golden(CB_LAYOUTRECALL4args{LAYOUT4_NFSV4_1_FILES,
                                LAYOUTIOMODE4_ANY,
                                true,
                                {LAYOUTRECALL4_FILE, {fh(), 1, 2, sid}, {}}},
           "00000001 00000003 00000001 00000001 00000006 'handle' 0000 "
           "0000000000000001 0000000000000002 " GOLDEN_STATEID);
    golden(
        CB_LAYOUTRECALL4args{
            LAYOUT4_NFSV4_1_FILES, LAYOUTIOMODE4_ANY, false, {LAYOUTRECALL4_FSID, {}, {1, 2}}},
        "00000001 00000003 00000000 00000002 0000000000000001 0000000000000002");
    golden(CB_LAYOUTRECALL4args{LAYOUT4_NFSV4_1_FILES, LAYOUTIOMODE4_ANY, false, {}},
           "00000001 00000003 00000000 00000003");
    golden(CB_LAYOUTRECALL4res{NFS4ERR_NOMATCHING_LAYOUT}, "0000274c");
    golden(
        CB_NOTIFY4args{
            sid, fh(), {{{NOTIFY4_ADD_ENTRY}, xdr::Opaque<1048576>(std::string_view("v"))}}},
        GOLDEN_STATEID "00000006 'handle' 0000 00000001 00000001 00000008 00000001 'v' 000000");
    golden(CB_NOTIFY4res{}, "00000000");
    golden(CB_PUSH_DELEG4args{fh(), {}}, "00000006 'handle' 0000 00000000");
    golden(CB_PUSH_DELEG4res{NFS4ERR_REJECT_DELEG}, "00002765");
    golden(CB_NOTIFY_DEVICEID4args{{}}, "00000000");
    golden(CB_NOTIFY_DEVICEID4res{}, "00000000");
}

}  // namespace
}  // namespace strait::wire::nfs4
