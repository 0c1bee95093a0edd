// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// SET_SSV (RFC 8881 18.47): for SP4_SSV state protection.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct SET_SSV4args {
    xdr::Opaque<max_small_opaque> ssa_ssv;
    xdr::Opaque<max_small_opaque> ssa_digest;
    STRAIT_FIELDS(ssa_ssv, ssa_digest)
};
struct SET_SSV4resok {
    xdr::Opaque<max_small_opaque> ssr_digest;
    STRAIT_FIELDS(ssr_digest)
};
struct SET_SSV4res {
    nfsstat4 ssr_status{};
    SET_SSV4resok ssr_resok4;
    STRAIT_RESULT(ssr_status, ssr_resok4)
};
STRAIT_NFS4_OP(SET_SSV)

}  // namespace strait::wire::nfs4
