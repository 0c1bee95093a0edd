// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// GETATTR and SETATTR (RFC 8881 18.7, 18.30).

#include "wire/nfs4/basic.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct GETATTR4args {
    bitmap4 attr_request;
    STRAIT_FIELDS(attr_request)
};
struct GETATTR4resok {
    fattr4 obj_attributes;
    STRAIT_FIELDS(obj_attributes)
};
struct GETATTR4res {
    nfsstat4 status{};
    GETATTR4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(GETATTR)

struct SETATTR4args {
    stateid4 stateid;
    fattr4 obj_attributes;
    STRAIT_FIELDS(stateid, obj_attributes)
};
// No union: attrsset comes with every status.
struct SETATTR4res {
    nfsstat4 status{};
    bitmap4 attrsset;
    STRAIT_FIELDS(status, attrsset)
};
STRAIT_NFS4_OP(SETATTR)

}  // namespace strait::wire::nfs4
