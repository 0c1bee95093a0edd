// SPDX-License-Identifier: LGPL-2.1-or-later
// Golden bytes: clients, sessions, delegations, NFSv4.0 leftovers.
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/delegation.h"
#include "wire/nfs4/exchange_id.h"
#include "wire/nfs4/golden_values.h"
#include "wire/nfs4/obsolete.h"
#include "wire/nfs4/sequence.h"
#include "wire/nfs4/session.h"
#include "wire/nfs4/set_ssv.h"

namespace strait::wire::nfs4 {
namespace {

xdr::Opaque<1024> opaque(std::string_view text) { return xdr::Opaque<1024>(text); }

TEST(Golden, exchange_id) {
    EXCHANGE_ID4args args{{verf, opaque("client")}, EXCHGID4_FLAG_USE_NON_PNFS, {}, std::nullopt};
    golden(args, "'verifier' 00000006 'client' 0000 00010000 00000000 00000000");
    args.eia_client_impl_id = {"d", "n", {1, 2}};
    golden(args,
           "'verifier' 00000006 'client' 0000 00010000 00000000 "
           "00000001 00000001 'd' 000000 00000001 'n' 000000 0000000000000001 00000002");
    args.eia_client_impl_id.reset();
    args.eia_state_protect.spa_how = SP4_MACH_CRED;
    args.eia_state_protect.spa_mach_ops = {{OP_EXCHANGE_ID, OP_CREATE_SESSION}, {OP_CLOSE}};
    golden(args,
           "'verifier' 00000006 'client' 0000 00010000 "
           "00000001 00000002 00000000 00000c00 00000001 00000010 00000000");
    args.eia_state_protect.spa_how = SP4_SSV;
    args.eia_state_protect.spa_ssv_parms = {{}, {opaque("h")}, {opaque("e")}, 3, 4};
    golden(args,
           "'verifier' 00000006 'client' 0000 00010000 "
           "00000002 00000000 00000000 00000001 00000001 'h' 000000 00000001 00000001 'e' 000000 "
           "00000003 00000004 00000000");
    refused<EXCHANGE_ID4args>("'verifier' 00000006 'client' 0000 00010000 00000003",
                              xdr::Fault::bad_arm);
    refused<EXCHANGE_ID4args>("'verifier' 00000006 'client' 0000 00010000 00000000 00000002",
                              xdr::Fault::too_long);
    golden(EXCHANGE_ID4res{NFS4_OK,
                           {0x1122334455667788,
                            1,
                            EXCHGID4_FLAG_CONFIRMED_R,
                            {},
                            {2, opaque("major")},
                            opaque("scope"),
                            std::nullopt}},
           "00000000 1122334455667788 00000001 80000000 00000000 "
           "0000000000000002 00000005 'major' 000000 00000005 'scope' 000000 00000000");
    golden(EXCHANGE_ID4res{NFS4ERR_CLID_INUSE, {}}, "00002721");
    golden(DESTROY_CLIENTID4args{5}, "0000000000000005");
    golden(DESTROY_CLIENTID4res{NFS4ERR_CLIENTID_BUSY}, "0000275a");
}

TEST(Golden, create_session) {
    channel_attrs4 fore{0, 1052672, 1052672, 4096, 16, 64, std::nullopt};
    channel_attrs4 back{0, 4096, 4096, 0, 2, 1, 7};
#define GOLDEN_FORE "00000000 00101000 00101000 00001000 00000010 00000040 00000000 "
#define GOLDEN_BACK "00000000 00001000 00001000 00000000 00000002 00000001 00000001 00000007 "
    CREATE_SESSION4args args{9, 1, CREATE_SESSION4_FLAG_CONN_BACK_CHAN, fore, back, 0x40000000, {}};
    args.csa_sec_parms.push_back({0, {}, {}});
    args.csa_sec_parms.push_back({1, {1, "host", 2, 3, {4, 5}}, {}});
    args.csa_sec_parms.push_back({6, {}, {1, opaque("a"), opaque("b")}});
    golden(args, "0000000000000009 00000001 00000002 " GOLDEN_FORE GOLDEN_BACK
                 "40000000 00000003 00000000 "
                 "00000001 00000001 00000004 'host' 00000002 00000003 00000002 00000004 00000005 "
                 "00000006 00000001 00000001 'a' 000000 00000001 'b' 000000");
    golden(CREATE_SESSION4res{NFS4_OK, {sessid, 1, 2, fore, back}},
           "00000000 'session-id-00001' 00000001 00000002 " GOLDEN_FORE GOLDEN_BACK);
    golden(CREATE_SESSION4res{NFS4ERR_STALE_CLIENTID, {}}, "00002726");
    golden(DESTROY_SESSION4args{sessid}, "'session-id-00001'");
    golden(DESTROY_SESSION4res{NFS4ERR_BADSESSION}, "00002744");
}

TEST(Golden, connections_of_a_session) {
    golden(BIND_CONN_TO_SESSION4args{sessid, CDFC4_FORE_OR_BOTH, false},
           "'session-id-00001' 00000003 00000000");
    golden(BIND_CONN_TO_SESSION4res{NFS4_OK, {sessid, CDFS4_BOTH, false}},
           "00000000 'session-id-00001' 00000003 00000000");
    golden(BACKCHANNEL_CTL4args{0x40000001, {{0, {}, {}}}}, "40000001 00000001 00000000");
    golden(BACKCHANNEL_CTL4res{}, "00000000");
    golden(SET_SSV4args{xdr::Opaque<65536>(std::string_view("s")), {}},
           "00000001 's' 000000 00000000");
    golden(SET_SSV4res{NFS4_OK, {xdr::Opaque<65536>(std::string_view("d"))}},
           "00000000 00000001 'd' 000000");
}

TEST(Golden, sequence) {
    golden(SEQUENCE4args{sessid, 1, 2, 3, true},
           "'session-id-00001' 00000001 00000002 00000003 00000001");
    golden(SEQUENCE4res{NFS4_OK, {sessid, 1, 2, 3, 4, SEQ4_STATUS_CB_PATH_DOWN}},
           "00000000 'session-id-00001' 00000001 00000002 00000003 00000004 00000001");
    golden(SEQUENCE4res{NFS4ERR_SEQ_MISORDERED, {}}, "0000274f");
    refused<SEQUENCE4args>("'session-id-00001' 00000001 00000002 00000003 00000002",
                           xdr::Fault::bad_bool);
    golden(RECLAIM_COMPLETE4args{false}, "00000000");
    golden(RECLAIM_COMPLETE4res{NFS4ERR_COMPLETE_ALREADY}, "00002746");
}

TEST(Golden, delegations) {
    golden(DELEGPURGE4args{5}, "0000000000000005");
    golden(DELEGPURGE4res{NFS4ERR_NOTSUPP}, "00002714");
    golden(DELEGRETURN4args{sid}, GOLDEN_STATEID);
    golden(DELEGRETURN4res{}, "00000000");
    golden(WANT_DELEGATION4args{0x100, {CLAIM_FH, {}}}, "00000100 00000004");
    golden(WANT_DELEGATION4args{0x100, {CLAIM_PREVIOUS, OPEN_DELEGATE_READ}},
           "00000100 00000001 00000001");
    golden(WANT_DELEGATION4res{NFS4_OK, {}}, "00000000 00000000");
    golden(GET_DIR_DELEGATION4args{true, {0}, {1, 2}, {3, 4}, {FATTR4_SIZE}, {}},
           "00000001 00000001 00000001 0000000000000001 00000002 0000000000000003 00000004 "
           "00000001 00000010 00000000");
    GET_DIR_DELEGATION4res given{NFS4_OK, {GDD4_OK, {verf, sid, {}, {}, {}}, false}};
    golden(given, "00000000 00000000 'verifier' " GOLDEN_STATEID "00000000 00000000 00000000");
    golden(GET_DIR_DELEGATION4res{NFS4_OK, {GDD4_UNAVAIL, {}, true}}, "00000000 00000001 00000001");
}

TEST(Golden, what_nfs_4_0_left) {
    golden(OPEN_CONFIRM4args{sid, 3}, GOLDEN_STATEID "00000003");
    golden(OPEN_CONFIRM4res{NFS4_OK, {sid}}, "00000000 " GOLDEN_STATEID);
    golden(RENEW4args{5}, "0000000000000005");
    golden(RENEW4res{NFS4ERR_NOTSUPP}, "00002714");
    golden(SETCLIENTID4args{{verf, opaque("id")}, {0x40000000, {"tcp", "1.2.3.4"}}, 6},
           "'verifier' 00000002 'id' 0000 40000000 00000003 'tcp' 00 00000007 '1.2.3.4' 00 "
           "00000006");
    golden(SETCLIENTID4res{NFS4_OK, {5, verf}, {}}, "00000000 0000000000000005 'verifier'");
    golden(SETCLIENTID4res{NFS4ERR_CLID_INUSE, {}, {"t", "a"}},
           "00002721 00000001 't' 000000 00000001 'a' 000000");
    golden(SETCLIENTID_CONFIRM4args{5, verf}, "0000000000000005 'verifier'");
    golden(SETCLIENTID_CONFIRM4res{}, "00000000");
    golden(RELEASE_LOCKOWNER4args{{5, opaque("o")}}, "0000000000000005 00000001 'o' 000000");
    golden(RELEASE_LOCKOWNER4res{}, "00000000");
}

}  // namespace
}  // namespace strait::wire::nfs4
