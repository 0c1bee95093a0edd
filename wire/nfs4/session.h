// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Sessions and their connections (RFC 8881 18.33, 18.34, 18.36, 18.37).

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"
#include "wire/rpc/message.h"

namespace strait::wire::nfs4 {

inline constexpr uint32_t CREATE_SESSION4_FLAG_PERSIST = 0x00000001;
inline constexpr uint32_t CREATE_SESSION4_FLAG_CONN_BACK_CHAN = 0x00000002;
inline constexpr uint32_t CREATE_SESSION4_FLAG_CONN_RDMA = 0x00000004;

using rpc::authsys_parms;

struct gss_cb_handles4 {
    uint32_t gcbp_service{};  // rpc_gss_svc_t
    gsshandle4_t gcbp_handle_from_server;
    gsshandle4_t gcbp_handle_from_client;
    STRAIT_FIELDS(gcbp_service, gcbp_handle_from_server, gcbp_handle_from_client)
};
struct callback_sec_parms4 {
    uint32_t cb_secflavor{};  // AUTH_NONE 0, AUTH_SYS 1, RPCSEC_GSS 6
    authsys_parms cbsp_sys_cred;
    gss_cb_handles4 cbsp_gss_handles;
    STRAIT_UNION(cb_secflavor, STRAIT_VOID(0), STRAIT_ARM(cbsp_sys_cred, 1),
                 STRAIT_ARM(cbsp_gss_handles, 6))
};

struct BACKCHANNEL_CTL4args {
    uint32_t bca_cb_program{};
    xdr::List<callback_sec_parms4, 16> bca_sec_parms;
    STRAIT_FIELDS(bca_cb_program, bca_sec_parms)
};
struct BACKCHANNEL_CTL4res {
    nfsstat4 bcr_status{};
    STRAIT_FIELDS(bcr_status)
};
STRAIT_NFS4_OP(BACKCHANNEL_CTL)

enum channel_dir_from_client4 : uint32_t {
    CDFC4_FORE = 0x1,
    CDFC4_BACK = 0x2,
    CDFC4_FORE_OR_BOTH = 0x3,
    CDFC4_BACK_OR_BOTH = 0x7
};
enum channel_dir_from_server4 : uint32_t { CDFS4_FORE = 0x1, CDFS4_BACK = 0x2, CDFS4_BOTH = 0x3 };

struct BIND_CONN_TO_SESSION4args {
    sessionid4 bctsa_sessid{};
    channel_dir_from_client4 bctsa_dir = CDFC4_FORE;
    bool bctsa_use_conn_in_rdma_mode{};
    STRAIT_FIELDS(bctsa_sessid, bctsa_dir, bctsa_use_conn_in_rdma_mode)
};
struct BIND_CONN_TO_SESSION4resok {
    sessionid4 bctsr_sessid{};
    channel_dir_from_server4 bctsr_dir = CDFS4_FORE;
    bool bctsr_use_conn_in_rdma_mode{};
    STRAIT_FIELDS(bctsr_sessid, bctsr_dir, bctsr_use_conn_in_rdma_mode)
};
struct BIND_CONN_TO_SESSION4res {
    nfsstat4 bctsr_status{};
    BIND_CONN_TO_SESSION4resok bctsr_resok4;
    STRAIT_RESULT(bctsr_status, bctsr_resok4)
};
STRAIT_NFS4_OP(BIND_CONN_TO_SESSION)

struct channel_attrs4 {
    count4 ca_headerpadsize{};
    count4 ca_maxrequestsize{};
    count4 ca_maxresponsesize{};
    count4 ca_maxresponsesize_cached{};
    count4 ca_maxoperations{};
    count4 ca_maxrequests{};
    xdr::Optional<uint32_t> ca_rdma_ird;
    STRAIT_FIELDS(ca_headerpadsize, ca_maxrequestsize, ca_maxresponsesize,
                  ca_maxresponsesize_cached, ca_maxoperations, ca_maxrequests, ca_rdma_ird)
};

struct CREATE_SESSION4args {
    clientid4 csa_clientid{};
    sequenceid4 csa_sequence{};
    uint32_t csa_flags{};
    channel_attrs4 csa_fore_chan_attrs;
    channel_attrs4 csa_back_chan_attrs;
    uint32_t csa_cb_program{};
    xdr::List<callback_sec_parms4, 16> csa_sec_parms;
    STRAIT_FIELDS(csa_clientid, csa_sequence, csa_flags, csa_fore_chan_attrs, csa_back_chan_attrs,
                  csa_cb_program, csa_sec_parms)
};
struct CREATE_SESSION4resok {
    sessionid4 csr_sessionid{};
    sequenceid4 csr_sequence{};
    uint32_t csr_flags{};
    channel_attrs4 csr_fore_chan_attrs;
    channel_attrs4 csr_back_chan_attrs;
    STRAIT_FIELDS(csr_sessionid, csr_sequence, csr_flags, csr_fore_chan_attrs, csr_back_chan_attrs)
};
struct CREATE_SESSION4res {
    nfsstat4 csr_status{};
    CREATE_SESSION4resok csr_resok4;
    STRAIT_RESULT(csr_status, csr_resok4)
};
STRAIT_NFS4_OP(CREATE_SESSION)

struct DESTROY_SESSION4args {
    sessionid4 dsa_sessionid{};
    STRAIT_FIELDS(dsa_sessionid)
};
struct DESTROY_SESSION4res {
    nfsstat4 dsr_status{};
    STRAIT_FIELDS(dsr_status)
};
STRAIT_NFS4_OP(DESTROY_SESSION)

}  // namespace strait::wire::nfs4
