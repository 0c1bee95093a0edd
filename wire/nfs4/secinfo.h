// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// SECINFO and SECINFO_NO_NAME (RFC 8881 18.29, 18.45): the security flavours a name or the current
// object accepts.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

enum rpc_gss_svc_t : uint32_t {
    RPC_GSS_SVC_NONE = 1,
    RPC_GSS_SVC_INTEGRITY = 2,
    RPC_GSS_SVC_PRIVACY = 3
};
struct rpcsec_gss_info {
    sec_oid4 oid;
    qop4 qop{};
    rpc_gss_svc_t service = RPC_GSS_SVC_NONE;
    STRAIT_FIELDS(oid, qop, service)
};
struct secinfo4 {
    uint32_t flavor{};  // AUTH_NONE 0, AUTH_SYS 1, RPCSEC_GSS 6
    rpcsec_gss_info flavor_info;
    STRAIT_UNION(flavor, STRAIT_ARM(flavor_info, 6), STRAIT_OTHERWISE_VOID)
};
using SECINFO4resok = xdr::List<secinfo4, 64>;

struct SECINFO4args {
    component4 name;
    STRAIT_FIELDS(name)
};
struct SECINFO4res {
    nfsstat4 status{};
    SECINFO4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(SECINFO)

enum secinfo_style4 : uint32_t { SECINFO_STYLE4_CURRENT_FH = 0, SECINFO_STYLE4_PARENT = 1 };
constexpr bool xdr_valid(secinfo_style4 style) { return style <= SECINFO_STYLE4_PARENT; }

// The RFC has a bare typedef here; the field's name is ours.
struct SECINFO_NO_NAME4args {
    secinfo_style4 style{};
    STRAIT_FIELDS(style)
};
struct SECINFO_NO_NAME4res {
    nfsstat4 status{};
    SECINFO4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(SECINFO_NO_NAME)

}  // namespace strait::wire::nfs4
