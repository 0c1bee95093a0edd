// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// LOOKUP and LOOKUPP (RFC 8881 18.13, 18.14): one step down, one step up.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct LOOKUP4args {
    component4 objname;
    STRAIT_FIELDS(objname)
};
struct LOOKUP4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(LOOKUP)

struct LOOKUPP4args {
    STRAIT_NO_FIELDS
};
struct LOOKUPP4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(LOOKUPP)

}  // namespace strait::wire::nfs4
